variable "layer_zip" {
  description = "Path of nightjar-layer-x86_64.zip or nightjar-layer-arm64.zip, from a release or from make layer."
  type        = string
}

variable "layer_name" {
  description = "Name of the layer."
  type        = string
  default     = "nightjar"
}

variable "architecture" {
  description = "What the archive was built for."
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "The architecture is x86_64 or arm64."
  }
}

variable "sink" {
  description = "Where records go, such as https://logs.example.com/ingest."
  type        = string
  default     = "stdout:"
}

variable "sink_token" {
  description = "Credential of the sink."
  type        = string
  default     = ""
  sensitive   = true
}

variable "capture" {
  description = "Inputs and responses: payload, metadata (sizes and sums only) or off. Anything but off starts the runtime through the wrapper."
  type        = string
  default     = "off"

  validation {
    condition     = contains(["payload", "metadata", "off"], var.capture)
    error_message = "Capture is payload, metadata or off."
  }
}

variable "settings" {
  description = "More NIGHTJAR_* variables, such as { NIGHTJAR_FLUSH = \"end\" }."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.settings) : startswith(name, "NIGHTJAR_")])
    error_message = "Only variables whose names begin with NIGHTJAR_ belong here."
  }
}
