{{/* The authority that signed the brokers' certificates, as YAML; empty: a public one, or no TLS. */}}
{{- define "splitwatch.kafkaCa" -}}
{{- $auth := .Values.kafka.auth -}}
{{- if and $auth.tls.enabled $auth.tls.ca -}}
name: {{ $auth.existingSecret }}
key: ca.crt
{{- end -}}
{{- end }}

{{/* Environment of what talks to the brokers itself. */}}
{{- define "splitwatch.kafkaEnv" -}}
{{- $auth := .Values.kafka.auth -}}
- name: KAFKA_BROKERS
  value: {{ join "," .Values.kafka.bootstrapServers | quote }}
{{- if $auth.tls.enabled }}
- name: KAFKA_TLS
  value: "on"
{{- end }}
{{- if $auth.sasl.enabled }}
- name: KAFKA_SASL_MECHANISM
  value: {{ lower $auth.sasl.mechanism }}
- name: KAFKA_SASL_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ $auth.existingSecret }}
      key: user
- name: KAFKA_SASL_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ $auth.existingSecret }}
      key: password
{{- end }}
{{- end }}

{{/* A KafkaSink. Argument: dict root, name, topic. */}}
{{- define "splitwatch.kafkaSink" -}}
apiVersion: eventing.knative.dev/v1alpha1
kind: KafkaSink
metadata:
  name: {{ .name }}
  labels:
    {{- include "splitwatch.labels" (dict "root" .root "component" "eventing") | nindent 4 }}
spec:
  topic: {{ .topic }}
  bootstrapServers:
    {{- toYaml .root.Values.kafka.bootstrapServers | nindent 4 }}
  # Its default is structured, which readers of the topic would have to unpack.
  contentMode: binary
  {{- with .root.Values.kafka.auth.existingSecret }}
  auth:
    secret:
      ref:
        name: {{ . }}
  {{- end }}
{{- end }}

{{/*
A KafkaSource to a function. Argument: dict root, name, source (its values), topic, function,
deadLetters (the KafkaSink). The delivery block stands whole: one with only a deadLetterSink in it
has no retries, and without a deadLetterSink what cannot be delivered is lost.
*/}}
{{- define "splitwatch.kafkaSource" -}}
apiVersion: sources.knative.dev/v1
kind: KafkaSource
metadata:
  name: {{ .name }}
  labels:
    {{- include "splitwatch.labels" (dict "root" .root "component" "eventing") | nindent 4 }}
spec:
  bootstrapServers:
    {{- toYaml .root.Values.kafka.bootstrapServers | nindent 4 }}
  topics:
    - {{ .topic }}
  consumerGroup: {{ .source.consumerGroup }}
  consumers: {{ .source.consumers }}
  ordering: {{ .source.ordering }}
  initialOffset: {{ .source.initialOffset }}
  delivery:
    retry: {{ .source.delivery.retry }}
    backoffPolicy: {{ .source.delivery.backoffPolicy }}
    backoffDelay: {{ .source.delivery.backoffDelay }}
    timeout: {{ .source.delivery.timeout }}
    deadLetterSink:
      ref:
        apiVersion: eventing.knative.dev/v1alpha1
        kind: KafkaSink
        name: {{ .deadLetters }}
  {{- with .root.Values.kafka.auth }}
  {{- if or .sasl.enabled .tls.enabled }}
  net:
    {{- if .sasl.enabled }}
    sasl:
      enable: true
      type: {secretKeyRef: {name: {{ .existingSecret }}, key: sasl.mechanism}}
      user: {secretKeyRef: {name: {{ .existingSecret }}, key: user}}
      password: {secretKeyRef: {name: {{ .existingSecret }}, key: password}}
    {{- end }}
    {{- if .tls.enabled }}
    tls:
      enable: true
      {{- if .tls.ca }}
      caCert: {secretKeyRef: {name: {{ .existingSecret }}, key: ca.crt}}
      {{- end }}
      {{- if .tls.clientCert }}
      cert: {secretKeyRef: {name: {{ .existingSecret }}, key: user.crt}}
      key: {secretKeyRef: {name: {{ .existingSecret }}, key: user.key}}
      {{- end }}
    {{- end }}
  {{- end }}
  {{- end }}
  sink:
    ref:
      apiVersion: serving.knative.dev/v1
      kind: Service
      name: {{ .function }}
{{- end }}
