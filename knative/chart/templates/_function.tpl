{{/*
A function as a Knative Service. Argument: dict root, function, env (a YAML list of the entries that
this function needs besides its values'), caSecret (dict name, key; the authority it should trust),
target (requests in flight a pod; its values' unless set).

Every field is one that Serving takes with its feature flags as they come: a pod-level security
context, fsGroup, persistent volumes, node selectors and affinity are off by default and not used.
*/}}
{{- define "splitwatch.function" -}}
{{- $values := index .root.Values .function -}}
{{- $component := dict "root" .root "component" .function -}}
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: {{ .function }}
  labels:
    {{- include "splitwatch.labels" $component | nindent 4 }}
    {{- if not $values.public }}
    networking.knative.dev/visibility: cluster-local
    {{- end }}
spec:
  template:
    metadata:
      labels:
        {{- include "splitwatch.selector" $component | nindent 8 }}
      annotations:
        autoscaling.knative.dev/metric: concurrency
        autoscaling.knative.dev/target: {{ .target | default $values.scale.target | quote }}
        autoscaling.knative.dev/min-scale: {{ $values.scale.min | quote }}
        autoscaling.knative.dev/max-scale: {{ $values.scale.max | quote }}
        autoscaling.knative.dev/window: {{ $values.scale.window | quote }}
        autoscaling.knative.dev/scale-down-delay: {{ $values.scale.downDelay | quote }}
    spec:
      containerConcurrency: {{ $values.containerConcurrency }}
      timeoutSeconds: {{ $values.timeoutSeconds }}
      automountServiceAccountToken: false
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      containers:
        - image: {{ include "splitwatch.image" (dict "root" .root "function" .function) }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          env:
            {{- with .env }}
            {{- . | nindent 12 }}
            {{- end }}
            - name: DRAIN_MS
              value: {{ $values.drainMs | quote }}
            {{- with .caSecret }}
            - name: NODE_EXTRA_CA_CERTS
              value: /etc/splitwatch/ca/ca.crt
            {{- end }}
            {{- range $name, $value := $values.env }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
            {{- range $name, $secret := $values.secretEnv }}
            - name: {{ $name }}
              valueFrom:
                secretKeyRef:
                  name: {{ $secret.name }}
                  key: {{ $secret.key }}
            {{- end }}
          ports:
            - containerPort: 8080
          readinessProbe:
            httpGet:
              path: /readyz
          livenessProbe:
            httpGet:
              path: /healthz
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            {{- include "splitwatch.securityContext" . | nindent 12 }}
          {{- with .caSecret }}
          volumeMounts:
            - name: ca
              mountPath: /etc/splitwatch/ca
              readOnly: true
          {{- end }}
      {{- with .caSecret }}
      volumes:
        {{- include "splitwatch.caVolume" . | nindent 8 }}
      {{- end }}
{{- end }}

{{- define "splitwatch.securityContext" -}}
runAsNonRoot: true
readOnlyRootFilesystem: true
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Argument: dict name, key. */}}
{{- define "splitwatch.caVolume" -}}
- name: ca
  secret:
    secretName: {{ .name }}
    items:
      - key: {{ .key }}
        path: ca.crt
{{- end }}
