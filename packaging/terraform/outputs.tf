output "layer_arn" {
  description = "For the layers of a function."
  value       = aws_lambda_layer_version.nightjar.arn
}

output "environment" {
  description = "To be merged into the environment variables of a function."
  value       = local.environment
  sensitive   = true
}
