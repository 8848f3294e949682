{{/* Environment of notify, besides its values. */}}
{{- define "splitwatch.notifyEnv" -}}
{{ include "splitwatch.redisEnv" . }}
- name: PAGE_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ include "splitwatch.pageSecret" . }}
      key: {{ .Values.notify.pageToken.key }}
- name: TOPIC_NAME
  value: {{ .Values.topics.fraud.name }}
{{- end }}

{{/* Environment of generate, besides its values. */}}
{{- define "splitwatch.generateEnv" -}}
{{ include "splitwatch.kafkaEnv" . }}
- name: TOPIC
  value: {{ .Values.topics.transactions.name }}
{{- end }}
