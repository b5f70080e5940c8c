terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" { type = string }
variable "backend" { type = string }
variable "pong" { type = string }

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "AKIDEXAMPLE"
  secret_key                  = "a-made-up-secret"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  skip_region_validation      = true
  endpoints {
    apigateway   = var.endpoint
    apigatewayv2 = var.endpoint
    sts          = var.endpoint
  }
}

resource "aws_apigatewayv2_api" "chat" {
  name                       = "chat"
  description                = "A chat"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
  tags                       = { team = "chat" }
}

resource "aws_apigatewayv2_authorizer" "who" {
  api_id           = aws_apigatewayv2_api.chat.id
  name             = "who"
  authorizer_type  = "REQUEST"
  authorizer_uri   = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:who/invocations"
  identity_sources = ["route.request.querystring.token"]
}

resource "aws_apigatewayv2_integration" "backend" {
  api_id             = aws_apigatewayv2_api.chat.id
  integration_type   = "HTTP_PROXY"
  integration_method = "POST"
  integration_uri    = var.backend
  request_parameters = { "integration.request.header.x-connection" = "context.connectionId" }
}

resource "aws_apigatewayv2_integration" "pong" {
  api_id                        = aws_apigatewayv2_api.chat.id
  integration_type              = "MOCK"
  request_templates             = { "$default" = "{\"statusCode\":200}" }
  template_selection_expression = "$default"
}

resource "aws_apigatewayv2_integration_response" "pong" {
  api_id                   = aws_apigatewayv2_api.chat.id
  integration_id           = aws_apigatewayv2_integration.pong.id
  integration_response_key = "$default"
  response_templates       = { "$default" = var.pong }
}

resource "aws_apigatewayv2_model" "say" {
  api_id       = aws_apigatewayv2_api.chat.id
  content_type = "application/json"
  name         = "say"
  schema = jsonencode({
    "$schema"  = "http://json-schema.org/draft-04/schema#"
    type       = "object"
    required   = ["text"]
    properties = { text = { type = "string" } }
  })
}

resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.chat.id
  route_key          = "$connect"
  target             = "integrations/${aws_apigatewayv2_integration.backend.id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.who.id
  request_parameter {
    request_parameter_key = "route.request.querystring.token"
    required              = true
  }
}

resource "aws_apigatewayv2_route" "say" {
  api_id                     = aws_apigatewayv2_api.chat.id
  route_key                  = "say"
  target                     = "integrations/${aws_apigatewayv2_integration.backend.id}"
  model_selection_expression = "$default"
  request_models             = { "$default" = aws_apigatewayv2_model.say.name }
}

resource "aws_apigatewayv2_route" "ping" {
  api_id                              = aws_apigatewayv2_api.chat.id
  route_key                           = "ping"
  target                              = "integrations/${aws_apigatewayv2_integration.pong.id}"
  route_response_selection_expression = "$default"
}

resource "aws_apigatewayv2_route_response" "ping" {
  api_id             = aws_apigatewayv2_api.chat.id
  route_id           = aws_apigatewayv2_route.ping.id
  route_response_key = "$default"
}

resource "aws_apigatewayv2_deployment" "chat" {
  api_id      = aws_apigatewayv2_api.chat.id
  description = "by terraform"
  triggers    = { pong = var.pong }
  depends_on = [
    aws_apigatewayv2_route.connect, aws_apigatewayv2_route.say, aws_apigatewayv2_route.ping,
    aws_apigatewayv2_route_response.ping, aws_apigatewayv2_integration_response.pong,
  ]
  lifecycle { create_before_destroy = true }
}

resource "aws_apigatewayv2_stage" "prod" {
  api_id          = aws_apigatewayv2_api.chat.id
  name            = "prod"
  deployment_id   = aws_apigatewayv2_deployment.chat.id
  stage_variables = { color = "blue" }
  default_route_settings {
    throttling_rate_limit  = 100
    throttling_burst_limit = 50
  }
  route_settings {
    route_key              = "ping"
    throttling_rate_limit  = 10
    throttling_burst_limit = 5
  }
  access_log_settings {
    destination_arn = "arn:aws:logs:us-east-1:000000000000:log-group:chat"
    format          = "$context.requestId $context.routeKey $context.status"
  }
  tags = { stage = "prod" }
}

resource "aws_apigatewayv2_domain_name" "chat" {
  domain_name = "chat.example.com"
  domain_name_configuration {
    certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555"
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

resource "aws_apigatewayv2_api_mapping" "chat" {
  api_id          = aws_apigatewayv2_api.chat.id
  domain_name     = aws_apigatewayv2_domain_name.chat.id
  stage           = aws_apigatewayv2_stage.prod.id
  api_mapping_key = "rooms"
}

resource "aws_apigatewayv2_vpc_link" "inside" {
  name               = "inside"
  security_group_ids = []
  subnet_ids         = ["subnet-1"]
}

output "url" { value = aws_apigatewayv2_stage.prod.invoke_url }
output "endpoint" { value = aws_apigatewayv2_api.chat.api_endpoint }
