# A function with nightjar. The archive is built by "make layer" at the top of the repository.
variable "sink_token" {
  type      = string
  default   = ""
  sensitive = true
}

module "nightjar" {
  source = "../.."

  layer_zip  = "${path.module}/../../../../build/nightjar-layer-x86_64.zip"
  sink       = "https://logs.example.com/ingest"
  sink_token = var.sink_token
  capture    = "metadata"
  settings   = { NIGHTJAR_ATTRIBUTES = "team=blue,stage=prod" }
}

data "archive_file" "code" {
  type        = "zip"
  source_file = "${path.module}/../../../sam/app/app.py"
  output_path = "${path.module}/app.zip"
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "function" {
  name_prefix        = "nightjar-sample-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_lambda_function" "sample" {
  function_name    = "nightjar-sample"
  role             = aws_iam_role.function.arn
  runtime          = "python3.13"
  handler          = "app.handler"
  architectures    = ["x86_64"]
  filename         = data.archive_file.code.output_path
  source_code_hash = data.archive_file.code.output_base64sha256
  layers           = [module.nightjar.layer_arn]
  memory_size      = 256
  timeout          = 10

  environment {
    variables = merge({ STAGE = "prod" }, module.nightjar.environment)
  }
}
