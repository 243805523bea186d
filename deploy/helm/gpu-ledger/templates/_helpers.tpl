{{- define "gpu-ledger.labels" -}}
app.kubernetes.io/name: gpu-ledger
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "gpu-ledger.selector" -}}
app.kubernetes.io/name: gpu-ledger
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "gpu-ledger.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "gpu-ledger.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "gpu-ledger.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}

{{- define "gpu-ledger.envFrom" -}}
- configMapRef:
    name: {{ .Release.Name }}
- secretRef:
    name: {{ .Values.secretName }}
{{- end }}
