{{/* Labels of a resource. Argument: dict root, component. */}}
{{- define "splitwatch.labels" -}}
{{ include "splitwatch.selector" . }}
app.kubernetes.io/part-of: splitwatch
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
{{- end }}

{{/* Labels that never change, for selectors and pods. Argument: dict root, component. */}}
{{- define "splitwatch.selector" -}}
app.kubernetes.io/name: splitwatch
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Image of a function. Argument: dict root, function. */}}
{{- define "splitwatch.image" -}}
{{- $image := .root.Values.image -}}
{{- $tag := $image.tag | default .root.Chart.AppVersion -}}
{{- (index .root.Values .function).image | default (printf "%s%s:%s" $image.prefix .function $tag) -}}
{{- end }}

{{/* strimzi, job or none: how topics are made. */}}
{{- define "splitwatch.topics" -}}
{{- $create := .Values.topics.create -}}
{{- if eq $create "auto" -}}
{{- $create = ternary "strimzi" "job" (ne (include "splitwatch.strimziVersion" .) "") -}}
{{- end -}}
{{- $create -}}
{{- end }}

{{/* The version of KafkaTopic that the cluster knows; empty: none. */}}
{{- define "splitwatch.strimziVersion" -}}
{{- if .Capabilities.APIVersions.Has "kafka.strimzi.io/v1/KafkaTopic" -}}kafka.strimzi.io/v1
{{- else if .Capabilities.APIVersions.Has "kafka.strimzi.io/v1beta2/KafkaTopic" -}}kafka.strimzi.io/v1beta2
{{- end -}}
{{- end }}

{{/* The value of key in Secret name as it is now, or a new one: an upgrade keeps what was made.
     Argument: dict root, name, key. */}}
{{- define "splitwatch.keptSecret" -}}
{{- $data := (lookup "v1" "Secret" .root.Release.Namespace .name).data | default dict -}}
{{- index $data .key | default (randAlphaNum 32 | b64enc) -}}
{{- end }}

{{/* The Secret with the page's token. */}}
{{- define "splitwatch.pageSecret" -}}
{{- .Values.notify.pageToken.existingSecret | default "splitwatch-page" -}}
{{- end }}
