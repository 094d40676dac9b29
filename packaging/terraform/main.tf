resource "aws_lambda_layer_version" "nightjar" {
  layer_name               = var.layer_name
  description              = "Redacted logs with when, where, who and what"
  filename                 = var.layer_zip
  source_code_hash         = filebase64sha256(var.layer_zip)
  compatible_architectures = [var.architecture]
  license_info             = "Apache-2.0"

  # Functions of older deployments go on using the version they were deployed with.
  skip_destroy = true
}

locals {
  environment = merge(
    { NIGHTJAR_SINK = var.sink, NIGHTJAR_CAPTURE = var.capture },
    var.sink_token == "" ? {} : { NIGHTJAR_SINK_TOKEN = var.sink_token },
    var.capture == "off" ? {} : { AWS_LAMBDA_EXEC_WRAPPER = "/opt/nightjar-capture" },
    var.settings,
  )
}
