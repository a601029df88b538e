package io.reelkeeper.events;

import io.reelkeeper.api.Query;
import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.api.problem.Problems;
import io.reelkeeper.outbox.EventFilter;
import io.reelkeeper.outbox.EventLog;
import io.reelkeeper.outbox.EventTypes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.netty.http.server.HttpServerRequest;

/// Events as they happen, over a line that stays open.
@RestController
class EventController {

  static final String LAST_EVENT_ID = "Last-Event-ID";

  private final EventLog events;
  private final EventStreams streams;

  EventController(EventLog events, EventStreams streams) {
    this.events = events;
    this.streams = streams;
  }

  @Operation(
      summary = "Events as they happen (server-sent events)",
      description = "CloudEvents in JSON; which there are is told by `/v3/asyncapi.yaml`.")
  @Parameter(
      in = ParameterIn.HEADER,
      name = LAST_EVENT_ID,
      description = "`id` of the last one that was seen; the stream goes on behind it",
      schema = @Schema(implementation = String.class))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "app",
      description = "Only these apps, repeatable",
      array = @ArraySchema(schema = @Schema(implementation = String.class)))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "type",
      description = "Only these events, such as `session.stopped` or `task.*`, repeatable",
      array = @ArraySchema(schema = @Schema(implementation = String.class)))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "session",
      description = "Only this session",
      schema = @Schema(implementation = UUID.class))
  @ApiResponse(
      responseCode = "200",
      description = "The events; the line stays open",
      content =
          @Content(
              mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
              schema = @Schema(implementation = String.class)))
  @Problems({Problem.INVALID_REQUEST, Problem.TOO_MANY_STREAMS})
  @GetMapping(path = "/v1/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<Flux<ServerSentEvent<String>>> events(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
      @Parameter(hidden = true) @RequestParam MultiValueMap<String, String> parameters,
      @Parameter(hidden = true) @RequestHeader HttpHeaders headers,
      @Parameter(hidden = true) ServerHttpRequest request) {
    var query = new Query(parameters);
    List<String> types =
        query.each(
            "type",
            "must be an event such as session.stopped, or session.* for all of a kind",
            text -> EventTypes.knows(text) ? text : null);
    List<UUID> session = query.each("session", "must be a session's id", UUID::fromString);
    if (session.size() > 1) {
      throw invalid("The parameter `session` must be given once.");
    }
    List<String> apps = query.each("app", "must not be empty", Function.identity());
    var filter =
        new EventFilter(
            visible(caller, apps), types, session.isEmpty() ? null : session.getFirst());
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .header("X-Accel-Buffering", "no") // nginx would keep events until it has a bufferful
        .body(streams.after(position(headers), filter, caller, () -> hangUp(request)));
  }

  private static void hangUp(ServerHttpRequest request) {
    HttpServerRequest line = ServerHttpRequestDecorator.getNativeRequest(request);
    line.withConnection(connection -> connection.channel().close());
  }

  /// Behind the last event that was seen, or from now on.
  private long position(HttpHeaders headers) {
    String last = headers.getFirst(LAST_EVENT_ID);
    long head = events.head();
    if (last == null || last.isEmpty()) {
      return head;
    }
    long position = last.matches("[0-9]{1,18}") ? Long.parseLong(last) : Long.MAX_VALUE;
    if (position > head) {
      throw invalid(
          "`Last-Event-ID` was not given by this service; without it the stream begins now.");
    }
    return position;
  }

  /// The apps to tell of; a foreign one has no events.
  private static @Nullable Set<String> visible(Caller caller, List<String> wanted) {
    if (wanted.isEmpty()) {
      return caller.apps();
    }
    var visible = new HashSet<>(wanted);
    visible.removeIf(app -> !caller.mayUse(app));
    return visible;
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(Problem.INVALID_REQUEST, detail);
  }
}
