{{/* What the app is called: in choreography.lock, in its image and in its labels. */}}
{{- define "app.name" -}}
{{- .Values.name | default (ternary .Release.Name .Chart.Name .Chart.IsRoot) -}}
{{- end }}

{{/* What its objects are called: several releases share a namespace. */}}
{{- define "app.fullname" -}}
{{- $name := include "app.name" . -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (eq $name .Release.Name) | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "app.selector" -}}
app.kubernetes.io/name: {{ include "app.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "app.labels" -}}
{{ include "app.selector" . }}
app.kubernetes.io/version: {{ include "app.tag" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "app.tag" -}}
{{- .Values.image.tag | default .Values.global.version | default .Chart.AppVersion -}}
{{- end }}

{{- define "app.image" -}}
{{- $repository := .Values.image.repository | default (printf "%s/%s" .Values.global.images (include "app.name" .)) -}}
{{- printf "%s:%s" $repository (include "app.tag" .) -}}
{{- end }}

{{/* The broker of the NATS chart in the same release, as that chart names it. */}}
{{- define "app.nats" -}}
{{- ternary .Release.Name (printf "%s-nats" .Release.Name) (contains "nats" .Release.Name) -}}
{{- end }}

{{/* Where spans go: the port of an http:// or https:// URL. */}}
{{- define "app.collectorPort" -}}
{{- $url := urlParse .Values.global.collector -}}
{{- regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (ternary "443" "80" (eq $url.scheme "https")) -}}
{{- end }}
