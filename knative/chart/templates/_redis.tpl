{{- define "splitwatch.redisSecret" -}}
{{- .Values.redis.existingSecret | default "splitwatch-redis" -}}
{{- end }}

{{/* Environment of what talks to Redis. */}}
{{- define "splitwatch.redisEnv" -}}
{{- $redis := .Values.redis -}}
{{- if $redis.deploy -}}
- name: REDIS_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "splitwatch.redisSecret" . }}
      key: password
- name: REDIS_URL
  value: redis://:$(REDIS_PASSWORD)@splitwatch-redis:6379
{{- else if $redis.external.urlSecret.name -}}
- name: REDIS_URL
  valueFrom:
    secretKeyRef:
      name: {{ $redis.external.urlSecret.name }}
      key: {{ $redis.external.urlSecret.key }}
{{- else -}}
- name: REDIS_URL
  value: {{ $redis.external.url | quote }}
{{- end -}}
{{- end }}

{{/* The authority that signed Redis' certificate, as YAML; empty: a public one, or no TLS. */}}
{{- define "splitwatch.redisCa" -}}
{{- with .Values.redis -}}
{{- if and (not .deploy) .external.caSecret.name -}}
name: {{ .external.caSecret.name }}
key: {{ .external.caSecret.key }}
{{- end -}}
{{- end -}}
{{- end }}
