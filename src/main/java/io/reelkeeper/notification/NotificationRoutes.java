package io.reelkeeper.notification;

import static org.springdoc.core.fn.builders.apiresponse.Builder.responseBuilder;
import static org.springdoc.core.fn.builders.content.Builder.contentBuilder;
import static org.springdoc.core.fn.builders.parameter.Builder.parameterBuilder;
import static org.springdoc.core.fn.builders.requestbody.Builder.requestBodyBuilder;
import static org.springdoc.core.fn.builders.schema.Builder.schemaBuilder;

import io.micrometer.observation.ObservationPredicate;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import java.util.Set;
import org.springdoc.core.fn.builders.apiresponse.Builder;
import org.springdoc.webflux.core.fn.SpringdocRouteBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import reactor.core.publisher.Mono;

/// Where Agora's notifications come in.
///
/// A function and not a controller's method: thousands may come in a second, and finding a method,
/// its arguments and somebody who writes its result took half of the time of each.
@Configuration(proxyBeanMethods = false)
class NotificationRoutes {

  private static final String WEBHOOKS = "/webhooks/agora/";
  private static final String PATH = WEBHOOKS + "{app}";

  @Bean
  RouterFunction<ServerResponse> notifications(NotificationHandler handler) {
    return SpringdocRouteBuilder.route()
        .POST(
            PATH,
            handler::receive,
            operation ->
                operation
                    .operationId("receive")
                    .summary("Take notifications of Agora (NCS)")
                    .parameter(
                        parameterBuilder()
                            .in(ParameterIn.PATH)
                            .name("app")
                            .required(true)
                            .schema(schemaBuilder().type("string")))
                    .parameter(signature(Signature.V2, "HMAC-SHA256 of the body, hexadecimal"))
                    .parameter(signature(Signature.V1, "HMAC-SHA1 of the body, hexadecimal"))
                    .requestBody(
                        requestBodyBuilder()
                            .required(true)
                            .content(json(MediaType.APPLICATION_JSON_VALUE)))
                    .response(
                        responseBuilder()
                            .responseCode("200")
                            .description("Durable, or known already")
                            .content(json(MediaType.APPLICATION_JSON_VALUE)))
                    .response(problem("400", "Not JSON, or without a noticeId"))
                    .response(problem("401", "No signature, or a wrong one"))
                    .response(problem("404", "No such app, or none with a webhook secret"))
                    .response(problem("413", "Larger than 256 KiB"))
                    .response(problem("503", "It cannot be kept now; send it again")))
        .build()
        .and(
            RouterFunctions.<ServerResponse>route(
                RequestPredicates.path(PATH),
                request ->
                    Mono.error(
                        new MethodNotAllowedException(request.method(), Set.of(HttpMethod.POST)))));
  }

  /// A span and a dozen figures for each would take longer than what they measure; what is to be
  /// known is in `reelkeeper_notifications`.
  @Bean
  ObservationPredicate notificationsAreNotObserved() {
    return (_, context) ->
        !(context instanceof ServerRequestObservationContext observed
            && observed.getCarrier() instanceof ServerHttpRequest request
            && request.getPath().value().startsWith(WEBHOOKS));
  }

  private static org.springdoc.core.fn.builders.parameter.Builder signature(
      String header, String description) {
    return parameterBuilder()
        .in(ParameterIn.HEADER)
        .name(header)
        .description(description)
        .schema(schemaBuilder().type("string"));
  }

  private static Builder problem(String status, String description) {
    return responseBuilder()
        .responseCode(status)
        .description(description)
        .content(
            contentBuilder()
                .mediaType(MediaType.APPLICATION_PROBLEM_JSON_VALUE)
                .schema(schemaBuilder().ref("#/components/schemas/Problem")));
  }

  private static org.springdoc.core.fn.builders.content.Builder json(String type) {
    return contentBuilder().mediaType(type).schema(schemaBuilder().type("object"));
  }
}
