package io.reelkeeper.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.springframework.http.HttpStatus.BAD_REQUEST;
import static org.springframework.http.HttpStatus.CONTENT_TOO_LARGE;
import static org.springframework.http.HttpStatus.NOT_FOUND;
import static org.springframework.http.HttpStatus.OK;
import static org.springframework.http.HttpStatus.SERVICE_UNAVAILABLE;
import static org.springframework.http.HttpStatus.UNAUTHORIZED;

import io.reelkeeper.notification.Counts.Result;
import io.reelkeeper.notification.Envelope.Malformed;
import java.net.URI;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/// What is done with a request of Agora's. What is refused is counted and costs no SQL, no thread
/// and no log line.
@Component
class NotificationHandler {

  /// The largest that was ever seen has some kilobytes; a list of many files may grow.
  private static final int LARGEST = 256 * 1024;

  private static final byte[] NOTHING = {};

  /// Agora wants JSON.
  private static final byte[] KEPT = "{}".getBytes(UTF_8);

  private final NotificationSettings settings;
  private final Intake intake;
  private final Counts counts;
  private final JsonMapper json;

  NotificationHandler(
      NotificationSettings settings, Intake intake, Counts counts, JsonMapper json) {
    this.settings = settings;
    this.intake = intake;
    this.counts = counts;
    this.json = json;
  }

  Mono<ServerResponse> receive(ServerRequest request) {
    String app = request.pathVariable("app");
    List<String> secrets = settings.secrets(app);
    if (secrets.isEmpty()) {
      counts.refused(app, Result.UNKNOWN_APP);
      return problem(
          request, NOT_FOUND, "not-found", "Not found", "There is no webhook of this name.");
    }
    return DataBufferUtils.join(request.exchange().getRequest().getBody(), LARGEST)
        .map(NotificationHandler::bytes)
        .defaultIfEmpty(NOTHING)
        .flatMap(body -> take(request, app, secrets, body))
        .onErrorResume(DataBufferLimitException.class, _ -> tooLarge(request, app));
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  private Mono<ServerResponse> take(
      ServerRequest request, String app, List<String> secrets, byte[] body) {
    long since = System.nanoTime();
    ServerRequest.Headers headers = request.headers();
    if (!Signature.isValid(
        body, secrets, headers.firstHeader(Signature.V2), headers.firstHeader(Signature.V1))) {
      counts.refused(app, Result.BAD_SIGNATURE);
      return problem(
          request,
          UNAUTHORIZED,
          "unauthorized",
          "No key, or a wrong one",
          "The signature is missing, or is not that of this body under this app's webhook"
              + " secret.");
    }
    List<Envelope> notices;
    try {
      notices = Envelope.read(body);
    } catch (Malformed e) {
      counts.refused(app, Result.MALFORMED);
      return problem(
          request,
          BAD_REQUEST,
          "invalid-request",
          "The request is not valid",
          "Not a notification: " + e.getMessage());
    }
    return Mono.fromFuture(() -> intake.keep(app, notices))
        .publishOn(Schedulers.parallel()) // the writer has the next ones to write
        .flatMap(kept -> kept ? acknowledged(app, since) : unavailable(request, app));
  }

  private Mono<ServerResponse> acknowledged(String app, long since) {
    counts.acknowledged(app, since);
    return answer(OK, MediaType.APPLICATION_JSON, KEPT);
  }

  private Mono<ServerResponse> unavailable(ServerRequest request, String app) {
    counts.refused(app, Result.UNAVAILABLE);
    return problem(
        request,
        SERVICE_UNAVAILABLE,
        "database-unavailable",
        "The database is out of reach",
        "The notification is not kept. Send it again.");
  }

  private Mono<ServerResponse> tooLarge(ServerRequest request, String app) {
    counts.refused(app, Result.TOO_LARGE);
    return problem(
        request,
        CONTENT_TOO_LARGE,
        "payload-too-large",
        "The body is too large",
        "A notification has at most " + LARGEST + " bytes.");
  }

  /// Types and titles are those of the pages that the API serves under `/problems`.
  private Mono<ServerResponse> problem(
      ServerRequest request, HttpStatus status, String slug, String title, String detail) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setTitle(title);
    problem.setType(URI.create("/problems/" + slug));
    problem.setInstance(URI.create(request.requestPath().value()));
    return answer(status, MediaType.APPLICATION_PROBLEM_JSON, json.writeValueAsBytes(problem));
  }

  /// Written as it is: looking for somebody who can write it would cost more than all the rest.
  private static Mono<ServerResponse> answer(HttpStatus status, MediaType type, byte[] body) {
    return ServerResponse.status(status)
        .contentType(type)
        .contentLength(body.length)
        .build(
            (exchange, _) -> {
              ServerHttpResponse response = exchange.getResponse();
              return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
            });
  }
}
