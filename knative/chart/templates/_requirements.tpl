{{/*
What the cluster lacks, in words, before anything is made. Only a cluster that answers can be asked:
`helm template` knows groups and versions but no kinds, and is let pass.
*/}}
{{- define "splitwatch.requirements" -}}
{{- $apis := .Capabilities.APIVersions -}}
{{- $values := .Values -}}
{{- $lacks := list -}}
{{- if $apis.Has "apps/v1/Deployment" -}}
{{- if not ($apis.Has "serving.knative.dev/v1/Service") -}}
{{- $lacks = append $lacks "Knative Serving, which runs the functions: https://knative.dev/docs/install/yaml-install/serving/" -}}
{{- end -}}
{{- if not ($apis.Has "sources.knative.dev/v1/SinkBinding") -}}
{{- $lacks = append $lacks "Knative Eventing, which binds score to its sink: https://knative.dev/docs/install/yaml-install/eventing/" -}}
{{- end -}}
{{- if not ($apis.Has "sources.knative.dev/v1/KafkaSource") -}}
{{- $lacks = append $lacks "KafkaSource v1, which brings transactions from Kafka: https://knative.dev/docs/eventing/sources/kafka-source/" -}}
{{- end -}}
{{- if not ($apis.Has "eventing.knative.dev/v1alpha1/KafkaSink") -}}
{{- $lacks = append $lacks "KafkaSink v1alpha1, which takes fraud events and dead letters to Kafka: https://knative.dev/docs/eventing/sinks/kafka-sink/" -}}
{{- end -}}
{{- if and (eq $values.topics.create "strimzi") (not (include "splitwatch.strimziVersion" .)) -}}
{{- $lacks = append $lacks "Strimzi's KafkaTopic, which topics.create=strimzi asks for: set it to job, or install https://strimzi.io" -}}
{{- end -}}
{{- if and (eq $values.serviceMonitor.create "always") (not ($apis.Has "monitoring.coreos.com/v1/ServiceMonitor")) -}}
{{- $lacks = append $lacks "the Prometheus operator's ServiceMonitor: set serviceMonitor.create to auto, or install https://prometheus-operator.dev" -}}
{{- end -}}
{{- end -}}
{{- if $lacks -}}
{{- fail (printf "\n\nThis cluster lacks:\n- %s\n" (join "\n- " $lacks)) -}}
{{- end -}}
{{- include "splitwatch.consistency" . -}}
{{- end }}

{{/* Values that cannot go together. */}}
{{- define "splitwatch.consistency" -}}
{{- $auth := .Values.kafka.auth -}}
{{- $external := .Values.redis.external -}}
{{- $wrong := list -}}
{{- if and (or $auth.sasl.enabled $auth.tls.enabled) (not $auth.existingSecret) -}}
{{- $wrong = append $wrong "kafka.auth.sasl or tls is on, but kafka.auth.existingSecret names no Secret" -}}
{{- end -}}
{{- if and $auth.existingSecret (not (or $auth.sasl.enabled $auth.tls.enabled)) -}}
{{- $wrong = append $wrong "kafka.auth.existingSecret is set, but neither kafka.auth.sasl nor tls is on" -}}
{{- end -}}
{{- if and $auth.tls.clientCert (not $auth.tls.enabled) -}}
{{- $wrong = append $wrong "kafka.auth.tls.clientCert needs kafka.auth.tls.enabled" -}}
{{- end -}}
{{- if and $auth.tls.clientCert (or .Values.generate.enabled (eq (include "splitwatch.topics" .) "job")) -}}
{{- $wrong = append $wrong "generate cannot present a client certificate to Kafka: set generate.enabled to false, and topics.create to strimzi or none" -}}
{{- end -}}
{{- if and $auth.tls.clientCert (eq .Values.source.kind "batch") -}}
{{- $wrong = append $wrong "the source of batches cannot present a client certificate to Kafka: set source.kind to kafka" -}}
{{- end -}}
{{- if and (not .Values.redis.deploy) (not $external.url) (not $external.urlSecret.name) -}}
{{- $wrong = append $wrong "redis.deploy is false, but neither redis.external.url nor redis.external.urlSecret.name says which Redis to use" -}}
{{- end -}}
{{- if and .Values.redis.deploy (or $external.url $external.urlSecret.name) -}}
{{- $wrong = append $wrong "redis.external is set, but redis.deploy is still true" -}}
{{- end -}}
{{- with .Values.generate -}}
{{- if and .enabled .ping.enabled .secretEnv.AUTH_TOKEN -}}
{{- $wrong = append $wrong "generate.secretEnv.AUTH_TOKEN asks every sender for a token, and a PingSource cannot send one: set generate.ping.enabled to false" -}}
{{- end -}}
{{- end -}}
{{- range $name := list "score" "notify" "generate" -}}
{{- $function := index $.Values $name -}}
{{- if ge (int (div $function.drainMs 1000)) (int (sub $function.timeoutSeconds 30)) -}}
{{- $wrong = append $wrong (printf "%s.drainMs must end 30 s before %s.timeoutSeconds: an ending pod gets timeoutSeconds, and Knative's proxy takes the first 30 of them" $name $name) -}}
{{- end -}}
{{- end -}}
{{- if $wrong -}}
{{- fail (printf "\n\nThese values do not go together:\n- %s\n" (join "\n- " $wrong)) -}}
{{- end -}}
{{- end }}
