package io.reelkeeper.api.problem;

import static java.util.Objects.requireNonNullElse;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// The one place where a failure becomes an answer, wherever it was thrown: filter, decoder,
/// controller.
@Component
@Order(-2) // before Boot's own, which is at -1
public class ProblemWriter implements WebExceptionHandler {

  private static final Logger log = LoggerFactory.getLogger(ProblemWriter.class);

  /// The token of a recorded page.
  private static final Pattern SECRET_PATH = Pattern.compile("^(/page/)[^/]+(/.*)");

  private final JsonMapper json;

  ProblemWriter(JsonMapper json) {
    this.json = json;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
    ServerHttpResponse response = exchange.getResponse();
    if (response.isCommitted() || DisconnectedClientHelper.isClientDisconnectedException(failure)) {
      return Mono.error(failure);
    }
    ProblemException problem = problemOf(failure);
    if (problem.problem() == Problem.INTERNAL_ERROR) {
      log.error(
          "{} {} failed",
          exchange.getRequest().getMethod(),
          SECRET_PATH.matcher(exchange.getRequest().getPath().value()).replaceFirst("$1…$2"),
          failure);
    }
    response.setStatusCode(HttpStatusCode.valueOf(problem.problem().status()));
    if (failure instanceof ErrorResponse error) {
      response.getHeaders().putAll(error.getHeaders());
    }
    problem.headers().forEach(response.getHeaders()::set);
    response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    byte[] body = json.writeValueAsBytes(problem.body(exchange.getRequest().getPath().value()));
    response.getHeaders().setContentLength(body.length);
    DataBuffer buffer = response.bufferFactory().wrap(body);
    return response.writeWith(Mono.just(buffer));
  }

  /// What a failure is to whoever made the request.
  public static ProblemException problemOf(Throwable failure) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
      switch (cause) {
        case ProblemException problem -> {
          return problem;
        }
        case DataBufferLimitException _ -> {
          return new ProblemException(
              Problem.PAYLOAD_TOO_LARGE, "The body is larger than 256 KiB.");
        }
        case CannotCreateTransactionException _,
            DataAccessResourceFailureException _,
            RecoverableDataAccessException _,
            TransientDataAccessException _ -> {
          return ProblemException.databaseAway();
        }
        case SQLException sql when isAway(sql.getSQLState()) -> {
          return ProblemException.databaseAway();
        }
        default -> {}
      }
    }
    return failure instanceof ErrorResponse error
        ? ofStatus(error.getStatusCode().value(), error.getBody().getDetail())
        : new ProblemException(
            Problem.INTERNAL_ERROR, "The request could not be served; the reason is in the log.");
  }

  /// Connection lost (08), serialisation and deadlock (40), no resources (53), shutting down (57P),
  /// read-only because it is a standby now (25006), lock not to be had (55P03). Only the server
  /// gives a state: without one the pool speaks of a connection that it has closed.
  private static boolean isAway(@Nullable String state) {
    return state == null
        || state.startsWith("08")
        || state.startsWith("40")
        || state.startsWith("53")
        || state.startsWith("57P")
        || state.equals("25006")
        || state.equals("55P03");
  }

  private static ProblemException ofStatus(int status, @Nullable String detail) {
    Problem problem =
        switch (status) {
          case 401 -> Problem.UNAUTHORIZED;
          case 403 -> Problem.FORBIDDEN;
          case 404 -> Problem.NOT_FOUND;
          case 405 -> Problem.METHOD_NOT_ALLOWED;
          case 406 -> Problem.NOT_ACCEPTABLE;
          case 408 -> Problem.TOO_SLOW;
          case 413 -> Problem.PAYLOAD_TOO_LARGE;
          case 415 -> Problem.UNSUPPORTED_MEDIA_TYPE;
          case 503 -> Problem.DATABASE_UNAVAILABLE;
          default -> status < 500 ? Problem.INVALID_REQUEST : Problem.INTERNAL_ERROR;
        };
    return new ProblemException(problem, requireNonNullElse(detail, problem.meaning()));
  }
}
