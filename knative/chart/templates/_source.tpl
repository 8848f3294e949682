{{/*
The source of batches, in KafkaSource's place, and the binding that gives it score's address. A
Deployment and not a ContainerSource: that one makes a Deployment too, but takes only the pod's
template, and so has one replica whatever anybody says. Argument: root.

Names and settings are those that the KafkaSource would have, so that plain records stay the same
transactions when one takes the other's place.
*/}}
{{- define "splitwatch.batchSource" -}}
{{- $values := .Values.source -}}
{{- $source := .Values.sources.transactions -}}
{{- $component := dict "root" . "component" "source" -}}
{{- $caSecret := include "splitwatch.kafkaCa" . | fromYaml -}}
{{- $letters := "http://kafka-sink-ingress.knative-eventing.svc.cluster.local" -}}
apiVersion: sources.knative.dev/v1
kind: SinkBinding
metadata:
  name: transactions-source
  labels:
    {{- include "splitwatch.labels" $component | nindent 4 }}
spec:
  subject:
    apiVersion: apps/v1
    kind: Deployment
    name: transactions-source
  sink:
    ref:
      apiVersion: serving.knative.dev/v1
      kind: Service
      name: score
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: transactions-source
  labels:
    {{- include "splitwatch.labels" $component | nindent 4 }}
spec:
  replicas: {{ $values.replicas }}
  selector:
    matchLabels:
      {{- include "splitwatch.selector" $component | nindent 6 }}
  # One more beside the others would take partitions only to give them back.
  strategy:
    rollingUpdate:
      maxSurge: 0
      maxUnavailable: 1
  template:
    metadata:
      labels:
        {{- include "splitwatch.selector" $component | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: {{ add (div $values.drainMs 1000) 10 }}
      {{- with .Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      containers:
        - name: source
          image: {{ include "splitwatch.image" (dict "root" . "function" "source") }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          env:
            {{- include "splitwatch.kafkaEnv" . | nindent 12 }}
            - name: TOPIC
              value: {{ .Values.topics.transactions.name }}
            - name: CONSUMER_GROUP
              value: {{ $source.consumerGroup }}
            - name: INITIAL_OFFSET
              value: {{ $source.initialOffset }}
            - name: ORDERING
              value: {{ $source.ordering }}
            - name: SOURCE_NAMESPACE
              value: {{ .Release.Namespace }}
            - name: SOURCE_NAME
              value: transactions
            - name: RETRY
              value: {{ $source.delivery.retry | quote }}
            - name: BACKOFF_POLICY
              value: {{ $source.delivery.backoffPolicy }}
            - name: BACKOFF_DELAY
              value: {{ $source.delivery.backoffDelay }}
            - name: REQUEST_TIMEOUT
              value: {{ $source.delivery.timeout }}
            - name: DEAD_LETTER_SINK
              value: {{ $values.deadLetterUrl | default (printf "%s/%s/transactions-dlq" $letters .Release.Namespace) | quote }}
            - name: DRAIN_MS
              value: {{ $values.drainMs | quote }}
            {{- with $caSecret }}
            - name: NODE_EXTRA_CA_CERTS
              value: /etc/splitwatch/ca/ca.crt
            {{- end }}
            {{- range $name, $value := $values.env }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          ports:
            - containerPort: 8080
          readinessProbe:
            httpGet:
              path: /readyz
              port: 8080
            periodSeconds: 2
          livenessProbe:
            httpGet:
              path: /healthz
              port: 8080
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            {{- include "splitwatch.securityContext" . | nindent 12 }}
          {{- with $caSecret }}
          volumeMounts:
            - name: ca
              mountPath: /etc/splitwatch/ca
              readOnly: true
          {{- end }}
      {{- with $caSecret }}
      volumes:
        {{- include "splitwatch.caVolume" . | nindent 8 }}
      {{- end }}
{{- end }}
