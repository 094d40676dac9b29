/* The event sources: what an input of each looks like, in the order in which they are tried. */
#include "trigger.h"

#define AT(field, path)                                                                                                                    \
    {                                                                                                                                      \
        NJ_FACT_##field, NJ_STR_INIT(path), NULL                                                                                           \
    }
#define FROM(field, path, source)                                                                                                          \
    {                                                                                                                                      \
        NJ_FACT_##field, NJ_STR_INIT(path), source                                                                                         \
    }

#define GATEWAY   "gateway"
#define FORWARDED "x-forwarded-for"
#define VIEWER    "cloudfront-viewer-address"
#define TOLD      "event"

/* The identity of REST and WebSocket APIs: most certain first.  requestContext.identity.apiKey is the key itself. */
#define IDENTITY_V1                                                                                                                        \
    AT(USER, "requestContext.authorizer.claims.sub"), AT(USER, "requestContext.authorizer.principalId"),                                   \
        AT(ROLE, "requestContext.identity.userArn"), AT(USER, "requestContext.identity.cognitoIdentityId"),                                \
        AT(KEY, "requestContext.identity.apiKeyId"), AT(TENANT, "requestContext.authorizer.tenantId"),                                     \
        AT(TENANT, "requestContext.authorizer.claims.custom:tenant_id")

static const struct nj_fact_row rest[] = {
    FROM(VIEWER, "headers:cloudfront-viewer-address", VIEWER),
    FROM(ADDRESS, "requestContext.identity.sourceIp", GATEWAY),
    AT(AGENT, "requestContext.identity.userAgent"),
    AT(AGENT, "headers:user-agent"),
    AT(METHOD, "httpMethod"),
    AT(PATH, "path"),
    AT(ROUTE, "resource"),
    AT(ROUTE, "requestContext.resourcePath"),
    IDENTITY_V1,
};
static const struct nj_fact_row http_v2[] = {
    FROM(VIEWER, "headers:cloudfront-viewer-address", VIEWER),
    FROM(ADDRESS, "requestContext.http.sourceIp", GATEWAY),
    AT(AGENT, "requestContext.http.userAgent"),
    AT(AGENT, "headers:user-agent"),
    AT(METHOD, "requestContext.http.method"),
    AT(PATH, "rawPath"),
    AT(PATH, "requestContext.http.path"),
    AT(ROUTE_KEY, "routeKey"),
    AT(ROUTE_KEY, "requestContext.routeKey"),
    AT(USER, "requestContext.authorizer.jwt.claims.sub"),
    AT(USER, "requestContext.authorizer.lambda.principalId"),
    AT(USER, "requestContext.authorizer.lambda.sub"),
    AT(USER, "requestContext.authorizer.lambda.userId"),
    AT(USER, "requestContext.authorizer.lambda.user"),
    AT(USER, "requestContext.authorizer.iam.cognitoIdentity.identityId"),
    AT(ROLE, "requestContext.authorizer.iam.userArn"),
    AT(TENANT, "requestContext.authorizer.jwt.claims.custom:tenant_id"),
    AT(TENANT, "requestContext.authorizer.lambda.tenantId"),
};
/* No address of its own: only what the balancer wrote at the right of the list can be believed. */
static const struct nj_fact_row balancer[] = {
    FROM(VIEWER, "headers:cloudfront-viewer-address", VIEWER),
    FROM(FORWARDED, "headers:x-forwarded-for", FORWARDED),
    AT(AGENT, "headers:user-agent"),
    AT(METHOD, "httpMethod"),
    AT(PATH, "path"),
    AT(USER, "headers:x-amzn-oidc-identity"),
};
static const struct nj_fact_row websocket[] = {
    FROM(ADDRESS, "requestContext.identity.sourceIp", GATEWAY),
    AT(AGENT, "requestContext.identity.userAgent"),
    AT(AGENT, "headers:user-agent"),
    AT(OPERATION, "requestContext.eventType"),
    AT(ROUTE, "requestContext.routeKey"),
    AT(SESSION, "requestContext.connectionId"),
    IDENTITY_V1,
};
static const struct nj_fact_row lattice[] = {
    FROM(FORWARDED, "headers:x-forwarded-for", FORWARDED),
    AT(AGENT, "headers:user-agent"),
    AT(METHOD, "method"),
    AT(PATH, "path"),
    AT(PATH, "raw_path"),
    AT(ROLE, "requestContext.identity.principal"),
    AT(SERVICE, "requestContext.identity.sourceVpcArn"),
};
static const struct nj_fact_row authorizer_token[] = { AT(METHOD_ARN, "methodArn") };
static const struct nj_fact_row authorizer_v1[] = {
    FROM(ADDRESS, "requestContext.identity.sourceIp", GATEWAY),
    FROM(ADDRESS, "requestContext.http.sourceIp", GATEWAY),
    AT(AGENT, "requestContext.identity.userAgent"),
    AT(AGENT, "headers:user-agent"),
    AT(METHOD, "httpMethod"),
    AT(PATH, "path"),
    AT(ROUTE, "resource"),
    AT(METHOD_ARN, "methodArn"),
    AT(SESSION, "requestContext.connectionId"),
    AT(KEY, "requestContext.identity.apiKeyId"),
};
static const struct nj_fact_row authorizer_v2[] = {
    FROM(ADDRESS, "requestContext.http.sourceIp", GATEWAY),
    AT(AGENT, "requestContext.http.userAgent"),
    AT(AGENT, "headers:user-agent"),
    AT(METHOD, "requestContext.http.method"),
    AT(PATH, "rawPath"),
    AT(ROUTE_KEY, "routeKey"),
    AT(METHOD_ARN, "routeArn"),
};
static const struct nj_fact_row authorizer_appsync[] = {
    FROM(FORWARDED, "headers:x-forwarded-for", FORWARDED),
    AT(AGENT, "headers:user-agent"),
    AT(OPERATION, "requestContext.operationName"),
    AT(OBJECT, "requestContext.apiId"),
};
static const struct nj_fact_row authorizer_iot[] = {
    AT(CLAIMED, "protocolData.mqtt.username"),
    AT(AGENT, "protocolData.http.headers.user-agent"),
    AT(OPERATION, "protocols.0"),
    AT(SESSION, "connectionMetadata.id"),
};
static const struct nj_fact_row cognito[] = {
    AT(USER, "request.userAttributes.sub"),
    AT(USER, "userName"),
    AT(OPERATION, "triggerSource"),
    AT(OBJECT, "userPoolId"),
};
#define APPSYNC(at)                                                                                                                        \
    AT(USER, at "identity.sub"), AT(ROLE, at "identity.userArn"), AT(USER, at "identity.cognitoIdentityId"),                               \
        AT(USER, at "identity.resolverContext.sub"), AT(USER, at "identity.resolverContext.userId"), AT(USER, at "identity.username"),     \
        FROM(ADDRESS, at "identity.sourceIp.0", GATEWAY), FROM(ADDRESS, at "request.headers.x-amzn-remote-ip", GATEWAY),                   \
        FROM(BEHIND_CDN, at "request.headers.x-forwarded-for", FORWARDED), AT(AGENT, at "request.headers.user-agent"),                     \
        AT(TENANT, at "identity.resolverContext.tenantId"), AT(METHOD, at "info.parentTypeName"), AT(OPERATION, at "info.fieldName")
static const struct nj_fact_row appsync[] = { APPSYNC("") };
static const struct nj_fact_row appsync_batch[] = { APPSYNC("0."), AT(BATCH, "") };
static const struct nj_fact_row sqs[] = {
    AT(ROLE, "Records.0.attributes.SenderId"),
    AT(OBJECT, "Records.0.eventSourceARN"),
    AT(SESSION, "Records.0.attributes.MessageGroupId"),
    AT(BATCH, "Records"),
};
static const struct nj_fact_row sqs_pipe[] = { AT(ROLE, "0.attributes.SenderId"), AT(OBJECT, "0.eventSourceARN"), AT(BATCH, "") };
static const struct nj_fact_row sns[] = {
    AT(SERVICE, "=sns.amazonaws.com"),
    AT(OBJECT, "Records.0.Sns.TopicArn"),
    AT(OPERATION, "Records.0.Sns.Type"),
    AT(BATCH, "Records"),
};
static const struct nj_fact_row s3[] = {
    AT(ROLE, "Records.0.userIdentity.principalId"),
    FROM(ADDRESS, "Records.0.requestParameters.sourceIPAddress", TOLD),
    AT(OPERATION, "Records.0.eventName"),
    AT(OBJECT, "Records.0.s3.bucket.name"),
    AT(BATCH, "Records"),
};
static const struct nj_fact_row s3_test[] = { AT(SERVICE, "=s3.amazonaws.com"), AT(OPERATION, "Event"), AT(OBJECT, "Bucket") };
static const struct nj_fact_row dynamodb[] = {
    AT(SERVICE, "Records.0.userIdentity.principalId"),
    AT(SERVICE, "=dynamodb.amazonaws.com"),
    AT(OPERATION, "Records.0.eventName"),
    AT(OBJECT, "Records.0.eventSourceARN"),
    AT(BATCH, "Records"),
};
static const struct nj_fact_row kinesis[] = {
    AT(ROLE, "Records.0.invokeIdentityArn"),
    AT(OPERATION, "Records.0.eventName"),
    AT(OBJECT, "Records.0.eventSourceARN"),
    AT(BATCH, "Records"),
};
static const struct nj_fact_row pipe[] = { AT(SERVICE, "0.eventSource"), AT(OBJECT, "0.eventSourceARN"), AT(BATCH, "") };
static const struct nj_fact_row ses[] = {
    AT(USER, "Records.0.ses.mail.source"),
    AT(OBJECT, "Records.0.ses.mail.destination.0"),
    AT(BATCH, "Records"),
};
static const struct nj_fact_row codecommit[] = {
    AT(ROLE, "Records.0.userIdentityARN"),
    AT(OPERATION, "Records.0.eventName"),
    AT(OBJECT, "Records.0.eventSourceARN"),
    AT(BATCH, "Records"),
};
static const struct nj_fact_row edge[] = {
    FROM(ADDRESS, "Records.0.cf.request.clientIp", GATEWAY),
    AT(METHOD, "Records.0.cf.request.method"),
    AT(PATH, "Records.0.cf.request.uri"),
    AT(AGENT, "Records.0.cf.request.headers.user-agent.0.value"),
    AT(OPERATION, "Records.0.cf.config.eventType"),
    AT(OBJECT, "Records.0.cf.config.distributionId"),
};
static const struct nj_fact_row kafka[] = { AT(SERVICE, "eventSource"), AT(OBJECT, "eventSourceArn"), AT(OBJECT, "bootstrapServers"),
                                            AT(BATCH, "records") };
static const struct nj_fact_row broker[] = { AT(SERVICE, "eventSource"), AT(OBJECT, "eventSourceArn"), AT(BATCH, "messages"),
                                             AT(BATCH, "rmqMessagesByQueue"), AT(BATCH, "events") };
static const struct nj_fact_row schedule[] = { AT(SERVICE, "source"), AT(OPERATION, "detail-type"), AT(OBJECT, "resources.0") };
static const struct nj_fact_row cloudtrail[] = {
    AT(ROLE, "detail.userIdentity.arn"),
    AT(SERVICE, "detail.userIdentity.invokedBy"),
    FROM(ADDRESS, "detail.sourceIPAddress", TOLD),
    AT(AGENT, "detail.userAgent"),
    AT(OPERATION, "detail.eventName"),
    AT(OBJECT, "detail.eventSource"),
};
static const struct nj_fact_row s3_bridge[] = {
    AT(ROLE, "detail.requester"),
    FROM(ADDRESS, "detail.source-ip-address", TOLD),
    AT(OPERATION, "detail-type"),
    AT(OBJECT, "detail.bucket.name"),
};
static const struct nj_fact_row bridge[] = { AT(SERVICE, "source"), AT(OPERATION, "detail-type"), AT(OBJECT, "resources.0") };
static const struct nj_fact_row logs[] = { AT(SERVICE, "=logs.amazonaws.com") };
static const struct nj_fact_row rotation[] = { AT(SERVICE, "=secretsmanager.amazonaws.com"), AT(OPERATION, "Step"),
                                               AT(OBJECT, "SecretId") };
static const struct nj_fact_row formation[] = { AT(SERVICE, "=cloudformation.amazonaws.com"), AT(OPERATION, "RequestType"),
                                                AT(OBJECT, "StackId") };
static const struct nj_fact_row pipeline[] = { AT(SERVICE, "=codepipeline.amazonaws.com"), AT(OBJECT, "CodePipeline.job.id") };
static const struct nj_fact_row firehose[] = { AT(SERVICE, "=firehose.amazonaws.com"), AT(OBJECT, "deliveryStreamArn"),
                                               AT(BATCH, "records") };
static const struct nj_fact_row object_lambda[] = {
    AT(ROLE, "userIdentity.arn"),
    AT(USER, "userIdentity.principalId"),
    AT(AGENT, "userRequest.headers.User-Agent"),
    AT(OBJECT, "configuration.accessPointArn"),
};
static const struct nj_fact_row config_rule[] = { AT(SERVICE, "=config.amazonaws.com"), AT(OBJECT, "configRuleName") };
static const struct nj_fact_row agent[] = { AT(SERVICE, "=bedrock.amazonaws.com"),
                                            AT(OPERATION, "actionGroup"),
                                            AT(OBJECT, "agent.name"),
                                            AT(SESSION, "sessionId"),
                                            AT(METHOD, "httpMethod"),
                                            AT(PATH, "apiPath") };
static const struct nj_fact_row alarm[] = { AT(SERVICE, "=cloudwatch.amazonaws.com"), AT(OPERATION, "alarmData.state.value"),
                                            AT(OBJECT, "alarmArn") };
static const struct nj_fact_row contact[] = { AT(SERVICE, "=connect.amazonaws.com"), AT(OPERATION, "Details.ContactData.Channel"),
                                              AT(OBJECT, "Details.ContactData.InstanceARN"), AT(SESSION, "Details.ContactData.ContactId") };
static const struct nj_fact_row lex[] = { AT(SERVICE, "=lex.amazonaws.com"), AT(OPERATION, "invocationSource"), AT(OBJECT, "bot.name"),
                                          AT(SESSION, "sessionId") };
static const struct nj_fact_row vpn[] = {
    AT(CLAIMED, "username"),   AT(USER, "common-name"),   FROM(ADDRESS, "public-ip", GATEWAY),
    AT(OPERATION, "=connect"), AT(OBJECT, "endpoint-id"),
};
static const struct nj_fact_row s3_batch[] = { AT(SERVICE, "=batchoperations.s3.amazonaws.com"), AT(OBJECT, "job.id"), AT(BATCH, "tasks") };
static const struct nj_fact_row destination[] = {
    AT(SERVICE, "=lambda.amazonaws.com"),
    AT(OPERATION, "requestContext.condition"),
    AT(OBJECT, "requestContext.functionArn"),
};
static const struct nj_fact_row durable[] = { AT(SERVICE, "=lambda.amazonaws.com"), AT(OBJECT, "DurableExecutionArn") };
#define MACHINE(at)                                                                                                                        \
    AT(ROLE, at "Execution.RoleArn"), AT(SERVICE, "=states.amazonaws.com"), AT(OPERATION, at "State.Name"),                                \
        AT(OBJECT, at "StateMachine.Id"), AT(SESSION, at "Execution.Id")
static const struct nj_fact_row machine[] = { MACHINE("") };
static const struct nj_fact_row machine_named[] = { MACHINE("Context.") };
static const struct nj_fact_row machine_lower[] = { MACHINE("context.") };
static const struct nj_fact_row task[] = { AT(SERVICE, "=states.amazonaws.com") };
static const struct nj_fact_row presence[] = {
    AT(USER, "principalIdentifier"), FROM(ADDRESS, "ipAddress", TOLD), AT(OPERATION, "eventType"),
    AT(OBJECT, "clientId"),          AT(SESSION, "sessionIdentifier"),
};
static const struct nj_fact_row iot_rule[] = { AT(USER, "principal"), AT(USER, "clientId"), AT(OBJECT, "topic") };
static const struct nj_fact_row button[] = { AT(USER, "serialNumber"), AT(OPERATION, "clickType") };

#define ROW(name, faas, answer, test, facts)                                                                                               \
    {                                                                                                                                      \
        NJ_STR_INIT(name), faas, NJ_ANSWER_##answer, NJ_STR_INIT(test), facts, NJ_COUNT(facts)                                             \
    }

const struct nj_trigger nj_triggers[] = {
    ROW("cloudfront", "http", HTTP, "Records.0.cf.config.eventType", edge),
    ROW("sqs", "pubsub", OTHER, "Records.0.eventSource=aws:sqs", sqs),
    ROW("sns", "pubsub", OTHER, "Records.0.EventSource=aws:sns", sns),
    ROW("s3", "datasource", OTHER, "Records.0.eventSource=aws:s3", s3),
    ROW("dynamodb", "datasource", OTHER, "Records.0.eventSource=aws:dynamodb", dynamodb),
    ROW("kinesis", "pubsub", OTHER, "Records.0.eventSource=aws:kinesis", kinesis),
    ROW("ses", "pubsub", OTHER, "Records.0.eventSource=aws:ses", ses),
    ROW("codecommit", "datasource", OTHER, "Records.0.eventSource=aws:codecommit", codecommit),
    ROW("cognito", "other", COGNITO, "triggerSource&userPoolId", cognito),
    ROW("authorizer.token", "http", AUTHORIZER, "type=TOKEN&methodArn", authorizer_token),
    ROW("authorizer.http", "http", AUTHORIZER, "type=REQUEST&routeArn", authorizer_v2),
    ROW("authorizer.websocket", "http", AUTHORIZER, "type=REQUEST&methodArn&requestContext.connectionId", authorizer_v1),
    ROW("authorizer.http.v1", "http", AUTHORIZER, "type=REQUEST&methodArn&version=1.0", authorizer_v1),
    ROW("authorizer.rest", "http", AUTHORIZER, "type=REQUEST&methodArn", authorizer_v1),
    ROW("authorizer.appsync", "http", AUTHORIZER, "authorizationToken&requestContext.apiId&requestContext.queryString&!methodArn",
        authorizer_appsync),
    ROW("alb", "http", HTTP, "requestContext.elb.targetGroupArn", balancer),
    ROW("apigateway.websocket", "http", HTTP, "requestContext.connectionId&requestContext.eventType", websocket),
    ROW("function_url", "http", HTTP, "version=2.0&requestContext.http&requestContext.domainName~.lambda-url.", http_v2),
    ROW("apigateway.http", "http", HTTP, "version=2.0&requestContext.http", http_v2),
    ROW("vpc_lattice", "http", HTTP, "version=2.0&requestContext.serviceNetworkArn", lattice),
    ROW("vpc_lattice.v1", "http", HTTP, "raw_path&is_base64_encoded", lattice),
    ROW("apigateway.http.v1", "http", HTTP, "version=1.0&httpMethod&requestContext.identity", rest),
    ROW("apigateway.rest", "http", HTTP, "httpMethod&requestContext.identity&resource", rest),
    ROW("apigateway.rest", "http", HTTP, "httpMethod&requestContext.stage", rest),
    ROW("appsync", "http", GRAPHQL, "info.fieldName&info.parentTypeName", appsync),
    ROW("appsync.batch", "http", GRAPHQL, "0.info.fieldName&0.info.parentTypeName", appsync_batch),
    ROW("kafka.msk", "pubsub", OTHER, "eventSource=aws:kafka", kafka),
    ROW("kafka.self_managed", "pubsub", OTHER, "eventSource=SelfManagedKafka", kafka),
    ROW("mq.active", "pubsub", OTHER, "eventSource=aws:mq", broker),
    ROW("mq.rabbit", "pubsub", OTHER, "eventSource=aws:rmq", broker),
    ROW("documentdb", "datasource", OTHER, "eventSource=aws:docdb", broker),
    ROW("schedule", "timer", OTHER, "detail-type=Scheduled Event&source=aws.events", schedule),
    ROW("schedule", "timer", OTHER, "detail-type&source=aws.scheduler", schedule),
    ROW("eventbridge.cloudtrail", "pubsub", OTHER, "detail-type~CloudTrail&detail.userIdentity", cloudtrail),
    ROW("eventbridge.s3", "datasource", OTHER, "detail-type&source=aws.s3&detail.bucket", s3_bridge),
    ROW("eventbridge", "pubsub", OTHER, "detail-type&source&detail", bridge),
    ROW("cloudwatch.logs", "pubsub", OTHER, "awslogs.data", logs),
    ROW("secretsmanager.rotation", "other", OTHER, "Step&SecretId&ClientRequestToken", rotation),
    ROW("cloudformation", "other", OTHER, "RequestType&ResponseURL&StackId", formation),
    ROW("codepipeline", "other", OTHER, "CodePipeline.job", pipeline),
    ROW("firehose", "datasource", OTHER, "deliveryStreamArn&records", firehose),
    ROW("s3.object_lambda", "datasource", OTHER, "xAmzRequestId&userRequest", object_lambda),
    ROW("authorizer.iot", "other", AUTHORIZER, "protocolData", authorizer_iot),
    ROW("authorizer.iot", "other", AUTHORIZER, "token&signatureVerified", authorizer_iot),
    ROW("config.rule", "other", OTHER, "invokingEvent&configRuleName", config_rule),
    ROW("bedrock.agent", "other", OTHER, "agent&actionGroup&messageVersion", agent),
    ROW("cloudwatch.alarm", "other", OTHER, "alarmArn&alarmData", alarm),
    ROW("connect", "other", OTHER, "Details.ContactData", contact),
    ROW("lex", "other", OTHER, "bot&sessionState", lex),
    ROW("lex", "other", OTHER, "bot&currentIntent", lex),
    ROW("client_vpn", "other", OTHER, "connection-id&endpoint-id&public-ip", vpn),
    ROW("s3.batch", "datasource", OTHER, "tasks&invocationSchemaVersion&job", s3_batch),
    ROW("destination", "other", OTHER, "requestContext.condition&requestPayload", destination),
    ROW("durable", "other", OTHER, "DurableExecutionArn&CheckpointToken", durable),
    ROW("stepfunctions", "other", OTHER, "Execution.Id&StateMachine.Id", machine),
    ROW("stepfunctions", "other", OTHER, "Context.Execution.Id&Context.StateMachine.Id", machine_named),
    ROW("stepfunctions", "other", OTHER, "context.Execution.Id&context.StateMachine.Id", machine_lower),
    ROW("stepfunctions", "other", OTHER, "TaskToken", task),
    ROW("stepfunctions", "other", OTHER, "taskToken", task),
    ROW("iot.presence", "pubsub", OTHER, "clientId&eventType&principalIdentifier", presence),
    ROW("iot.button", "pubsub", OTHER, "serialNumber&clickType", button),
    ROW("iot.rule", "pubsub", OTHER, "topic&clientId", iot_rule),
    ROW("s3.test", "datasource", OTHER, "Event=s3:TestEvent&Bucket", s3_test),
    ROW("pipe.sqs", "pubsub", OTHER, "0.eventSource=aws:sqs", sqs_pipe),
    ROW("pipe", "pubsub", OTHER, "0.eventSource", pipe),
    /* What tests and tools send: little of an HTTP event, but enough. */
    ROW("apigateway.http", "http", HTTP, "requestContext.http.method&rawPath", http_v2),
    { NJ_STR_INIT("direct"), "other", NJ_ANSWER_OTHER, { NULL, 0 }, NULL, 0 },
};
const size_t nj_trigger_count = NJ_COUNT(nj_triggers);
