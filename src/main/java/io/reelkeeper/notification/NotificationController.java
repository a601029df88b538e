package io.reelkeeper.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.springframework.http.HttpStatus.BAD_REQUEST;
import static org.springframework.http.HttpStatus.CONTENT_TOO_LARGE;
import static org.springframework.http.HttpStatus.NOT_FOUND;
import static org.springframework.http.HttpStatus.SERVICE_UNAVAILABLE;
import static org.springframework.http.HttpStatus.UNAUTHORIZED;

import io.reelkeeper.notification.Counts.Result;
import io.reelkeeper.notification.Envelope.Malformed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ContentTooLargeException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Where Agora's notifications come in. What is refused is counted and costs no SQL, no thread and
/// no log line.
@RestController
class NotificationController {

  /// The largest that was ever seen has some kilobytes; a list of many files may grow.
  private static final int LARGEST = 256 * 1024;

  private static final String PROBLEM = MediaType.APPLICATION_PROBLEM_JSON_VALUE;
  private static final String PROBLEM_SCHEMA = "#/components/schemas/Problem";

  private static final byte[] NOTHING = {};

  /// Agora wants JSON.
  private static final ResponseEntity<?> KEPT =
      ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body("{}".getBytes(UTF_8));

  private final NotificationSettings settings;
  private final Intake intake;
  private final Counts counts;

  NotificationController(NotificationSettings settings, Intake intake, Counts counts) {
    this.settings = settings;
    this.intake = intake;
    this.counts = counts;
  }

  @Operation(summary = "Take notifications of Agora (NCS)")
  @ApiResponse(
      responseCode = "200",
      description = "Durable, or known already",
      content = @Content(schema = @Schema(type = "object")))
  @ApiResponse(
      responseCode = "400",
      description = "Not JSON, or without a noticeId",
      content = @Content(mediaType = PROBLEM, schema = @Schema(ref = PROBLEM_SCHEMA)))
  @ApiResponse(
      responseCode = "401",
      description = "No signature, or a wrong one",
      content = @Content(mediaType = PROBLEM, schema = @Schema(ref = PROBLEM_SCHEMA)))
  @ApiResponse(
      responseCode = "404",
      description = "No such app, or none with a webhook secret",
      content = @Content(mediaType = PROBLEM, schema = @Schema(ref = PROBLEM_SCHEMA)))
  @ApiResponse(
      responseCode = "413",
      description = "Larger than 256 KiB",
      content = @Content(mediaType = PROBLEM, schema = @Schema(ref = PROBLEM_SCHEMA)))
  @ApiResponse(
      responseCode = "503",
      description = "It cannot be kept now; send it again",
      content = @Content(mediaType = PROBLEM, schema = @Schema(ref = PROBLEM_SCHEMA)))
  @PostMapping("/webhooks/agora/{app}")
  Mono<ResponseEntity<?>> receive(
      @PathVariable String app,
      @RequestHeader(name = Signature.V2, required = false) @Nullable String v2,
      @RequestHeader(name = Signature.V1, required = false) @Nullable String v1,
      @RequestBody(required = false) byte @Nullable [] sent) {
    List<String> secrets = settings.secrets(app);
    if (secrets.isEmpty()) {
      counts.refused(app, Result.UNKNOWN_APP);
      return Mono.just(
          problem(NOT_FOUND, "not-found", "Not found", "There is no webhook of this name."));
    }
    byte[] body = sent == null ? NOTHING : sent;
    if (body.length > LARGEST) {
      return Mono.just(tooLarge(app));
    }
    if (!Signature.isValid(body, secrets, v2, v1)) {
      counts.refused(app, Result.BAD_SIGNATURE);
      return Mono.just(
          problem(
              UNAUTHORIZED,
              "unauthorized",
              "No key, or a wrong one",
              "The signature is missing, or is not that of this body under this app's webhook"
                  + " secret."));
    }
    List<Envelope> notices;
    try {
      notices = Envelope.read(body);
    } catch (Malformed e) {
      counts.refused(app, Result.MALFORMED);
      return Mono.just(
          problem(
              BAD_REQUEST,
              "invalid-request",
              "The request is not valid",
              "Not a notification: " + e.getMessage()));
    }
    return Mono.fromFuture(() -> intake.keep(app, notices))
        .publishOn(Schedulers.parallel()) // the writer has the next ones to write
        .map(kept -> kept ? KEPT : unavailable(app));
  }

  private ResponseEntity<?> unavailable(String app) {
    counts.refused(app, Result.UNAVAILABLE);
    return problem(
        SERVICE_UNAVAILABLE,
        "database-unavailable",
        "The database is out of reach",
        "The notification is not kept. Send it again.");
  }

  /// A body beyond the codecs' limit, noticed while it was read.
  @ExceptionHandler
  ResponseEntity<?> unread(ContentTooLargeException e, ServerWebExchange exchange) {
    Map<String, String> variables =
        exchange.getRequiredAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
    return tooLarge(variables.getOrDefault("app", ""));
  }

  private ResponseEntity<?> tooLarge(String app) {
    counts.refused(app, Result.TOO_LARGE);
    return problem(
        CONTENT_TOO_LARGE,
        "payload-too-large",
        "The body is too large",
        "A notification has at most " + LARGEST + " bytes.");
  }

  /// Types and titles are those of the pages that the API serves under `/problems`.
  private static ResponseEntity<ProblemDetail> problem(
      HttpStatus status, String slug, String title, String detail) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setTitle(title);
    problem.setType(URI.create("/problems/" + slug));
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }
}
