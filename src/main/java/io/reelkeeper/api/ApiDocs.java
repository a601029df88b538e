package io.reelkeeper.api;

import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.Problems;
import io.reelkeeper.api.request.Schemas;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// What the API says of itself at `/v3/api-docs`: made from the handlers, the rules of a request
/// and the table of problems, so that it cannot say anything else than they do.
@Configuration(proxyBeanMethods = false)
class ApiDocs {

  private static final String KEY = "key";

  private static final List<String> DOCS =
      List.of("/v3/api-docs", "/docs", "/swagger-ui", "/webjars/");

  /// Under `/v1` these can always happen.
  private static final Set<Problem> EVERYWHERE =
      EnumSet.of(
          Problem.UNAUTHORIZED,
          Problem.FORBIDDEN,
          Problem.NOT_ACCEPTABLE,
          Problem.TOO_MANY_REQUESTS,
          Problem.ISSUER_UNAVAILABLE,
          Problem.DATABASE_UNAVAILABLE,
          Problem.INTERNAL_ERROR);

  @Bean
  OpenAPI openApi() {
    return new OpenAPI()
        .info(
            new Info()
                .title("Reelkeeper")
                .version("v1")
                .description("Starts Agora Cloud Recordings and sees to it that none gets lost."))
        .components(
            new Components()
                .addSecuritySchemes(
                    KEY,
                    new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("bearer")
                        .description(
                            "An API key of `reelkeeper.access.keys`, or a token of the issuer."))
                .addSchemas("Problem", problem()));
  }

  /// Adds the key and the problems to the handlers under `/v1`.
  @Bean
  OperationCustomizer problemsOfHandlers() {
    return (operation, handler) -> {
      Problems named = handler.getMethodAnnotation(Problems.class);
      if (named != null) {
        Set<Problem> problems = EnumSet.copyOf(EVERYWHERE);
        problems.addAll(List.of(named.value()));
        problems.forEach(problem -> add(operation, problem));
        operation.addSecurityItem(new SecurityRequirement().addList(KEY));
      }
      return operation;
    };
  }

  /// Every member of an answer is always there; the start's body is what the rules say.
  @Bean
  OpenApiCustomizer schemas(
      @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping) {
    return api -> {
      AnswerSchemas.complete(
          api.getComponents().getSchemas(), mapping.getHandlerMethods().values());
      // not earlier: springdoc drops what no handler refers to
      api.getComponents().addSchemas("StartRequest", Schemas.request());
      PathItem sessions = api.getPaths().get("/v1/sessions");
      if (sessions != null) {
        sessions.getPost().getRequestBody().setContent(startBody());
      }
      PathItem preflight = api.getPaths().get("/v1/apps/{app}/preflight");
      if (preflight != null) {
        preflight.getPost().getRequestBody().setContent(startBody());
      }
      api.getComponents().addSchemas("UpdateRequest", Schemas.update());
      api.getComponents().addSchemas("LayoutRequest", Schemas.layout());
      PathItem session = api.getPaths().get("/v1/sessions/{id}");
      if (session != null && session.getPatch() != null) {
        session.getPatch().getRequestBody().setContent(updateBody());
      }
      PathItem layout = api.getPaths().get("/v1/sessions/{id}/layout");
      if (layout != null) {
        layout.getPut().getRequestBody().setContent(layoutBody());
      }
    };
  }

  /// The documentation is made when it is first asked for, by reading class files: that would stop
  /// the event loop for seconds.
  @Bean
  WebFilter docsOffTheEventLoop() {
    return (exchange, chain) -> {
      String path = exchange.getRequest().getPath().value();
      Mono<Void> answer = chain.filter(exchange);
      return DOCS.stream().anyMatch(path::startsWith)
          ? answer.subscribeOn(Schedulers.boundedElastic())
          : answer;
    };
  }

  private static void add(Operation operation, Problem problem) {
    ApiResponse response =
        operation
            .getResponses()
            .computeIfAbsent(
                String.valueOf(problem.status()),
                _ ->
                    new ApiResponse()
                        .content(
                            new Content()
                                .addMediaType(
                                    org.springframework.http.MediaType
                                        .APPLICATION_PROBLEM_JSON_VALUE,
                                    new MediaType()
                                        .schema(
                                            new Schema<>().$ref("#/components/schemas/Problem")))));
    response.setDescription(
        response.getDescription() == null
            ? problem.title()
            : response.getDescription() + "; or: " + problem.title());
    response
        .getContent()
        .values()
        .forEach(
            content ->
                content.addExamples(
                    problem.slug(),
                    new Example()
                        .value(
                            Map.of(
                                "type", problem.type(),
                                "title", problem.title(),
                                "status", problem.status(),
                                "detail", "What is wrong with this request.",
                                "instance", "/v1/sessions"))));
  }

  private static Schema<?> problem() {
    Schema<?> violation =
        new ObjectSchema()
            .addProperty("pointer", new StringSchema().description("JSON pointer into the body"))
            .addProperty("detail", new StringSchema().description("What is accepted there"))
            .required(List.of("pointer", "detail"));
    return new ObjectSchema()
        .description("RFC 9457; what else is there depends on the type, see its page.")
        .addProperty("type", new StringSchema().description("/problems/<slug>, a page to read"))
        .addProperty("title", new StringSchema())
        .addProperty("status", new Schema<>().types(Set.of("integer")))
        .addProperty("detail", new StringSchema())
        .addProperty("instance", new StringSchema())
        .addProperty("errors", new Schema<>().types(Set.of("array")).items(violation))
        .required(List.of("type", "title", "status", "detail", "instance"));
  }

  private static Content startBody() {
    return new Content()
        .addMediaType(
            org.springframework.http.MediaType.APPLICATION_JSON_VALUE,
            new MediaType()
                .schema(new Schema<>().$ref("#/components/schemas/StartRequest"))
                .addExamples(
                    "channel",
                    new Example()
                        .summary("A channel, mixed into one picture")
                        .value(
                            Map.of(
                                "app",
                                "classroom",
                                "channel",
                                "math-101",
                                "mode",
                                "composite",
                                "storage",
                                "primary",
                                "recording",
                                Map.of("channelType", 1, "maxIdleTime", 300),
                                "files",
                                Map.of("avFileType", List.of("hls", "mp4")),
                                "prefix",
                                List.of("lessons", "math101"),
                                "labels",
                                Map.of("lesson", "42"))))
                .addExamples(
                    "page",
                    new Example()
                        .summary("A web page")
                        .value(
                            Map.of(
                                "app", "classroom",
                                "channel", "whiteboard-101",
                                "mode", "web",
                                "storage", "primary",
                                "web",
                                    Map.of(
                                        "url", "https://lms.example/whiteboard/101",
                                        "videoWidth", 1280,
                                        "videoHeight", 720)))));
  }

  private static Content updateBody() {
    return json(
        "UpdateRequest",
        Map.of(
            "subscription",
            new Example()
                .summary("Record one user alone")
                .value(
                    Map.of(
                        "streamSubscribe",
                        Map.of(
                            "audioUidList", Map.of("subscribeAudioUids", List.of("7")),
                            "videoUidList", Map.of("subscribeVideoUids", List.of("7"))))),
            "pause",
            new Example()
                .summary("Pause the recording of a page")
                .value(Map.of("webRecordingConfig", Map.of("onhold", true)))));
  }

  private static Content layoutBody() {
    return json(
        "LayoutRequest",
        Map.of(
            "vertical",
            new Example()
                .summary("One large window")
                .value(Map.of("mixedVideoLayout", 2, "maxResolutionUid", "7"))));
  }

  private static Content json(String schema, Map<String, Example> examples) {
    MediaType body = new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + schema));
    examples.forEach(body::addExamples);
    return new Content()
        .addMediaType(org.springframework.http.MediaType.APPLICATION_JSON_VALUE, body);
  }
}
