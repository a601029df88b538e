package io.reelkeeper.api;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.Problems;
import io.reelkeeper.api.request.StartRequests;
import io.reelkeeper.session.Opened;
import io.reelkeeper.session.Opened.FirstAnswer;
import io.reelkeeper.session.Opening;
import io.reelkeeper.session.SessionView;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.trail.Trail;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Recordings over HTTP: start, look, stop.
@RestController
@RequestMapping(path = "/v1/sessions", produces = MediaType.APPLICATION_JSON_VALUE)
class SessionController {

  private static final String WARNING =
      "What the caller should know although the request is taken, such as a maxIdleTime that ends"
          + " the recording in a short break; absent when there is nothing to say";

  private final StartRequests requests;
  private final Sessions sessions;
  private final OwnSessions own;
  private final StartAnswers answers;
  private final Warnings warnings;
  private final SessionViews views;
  private final Trail trail;

  SessionController(
      StartRequests requests,
      Sessions sessions,
      OwnSessions own,
      StartAnswers answers,
      Warnings warnings,
      SessionViews views,
      Trail trail) {
    this.trail = trail;
    this.requests = requests;
    this.sessions = sessions;
    this.own = own;
    this.answers = answers;
    this.warnings = warnings;
    this.views = views;
  }

  /// The body is taken as bytes: a digest of it belongs to the idempotency key, and it is read more
  /// strictly than the framework would.
  @Operation(summary = "Start recording a channel or a web page")
  @Parameter(
      in = ParameterIn.HEADER,
      name = "Prefer",
      description = "`wait=<seconds>`, 0 to 60, 20 by default; then a 202 is answered",
      example = "wait=20",
      schema = @Schema(implementation = String.class))
  @Parameter(
      in = ParameterIn.HEADER,
      name = "Idempotency-Key",
      description = "1 to 255 visible characters; for 24 hours it stands for the first answer",
      schema = @Schema(implementation = String.class))
  @ApiResponse(
      responseCode = "201",
      description = "Agora accepted: there is a sid",
      headers = {
        @Header(name = "Location", schema = @Schema(implementation = String.class)),
        @Header(
            name = Warnings.HEADER,
            description = WARNING,
            schema = @Schema(implementation = String.class))
      },
      content = @Content(schema = @Schema(implementation = SessionView.class)))
  @ApiResponse(
      responseCode = "202",
      description = "Accepted and durable, still starting",
      headers = {
        @Header(name = "Location", schema = @Schema(implementation = String.class)),
        @Header(
            name = Warnings.HEADER,
            description = WARNING,
            schema = @Schema(implementation = String.class))
      },
      content = @Content(schema = @Schema(implementation = SessionView.class)))
  @ApiResponse(
      responseCode = "200",
      description = "The very same recording is active already",
      headers = {
        @Header(name = "Location", schema = @Schema(implementation = String.class)),
        @Header(
            name = Warnings.HEADER,
            description = WARNING,
            schema = @Schema(implementation = String.class))
      },
      content = @Content(schema = @Schema(implementation = SessionView.class)))
  @Problems({
    Problem.INVALID_REQUEST,
    Problem.CHANNEL_ALREADY_RECORDED,
    Problem.PAYLOAD_TOO_LARGE,
    Problem.UNSUPPORTED_MEDIA_TYPE,
    Problem.IDEMPOTENCY_KEY_REUSED,
    Problem.PROVIDER_REJECTED,
    Problem.WORKERS_EXHAUSTED,
    Problem.PROVIDER_UNAVAILABLE
  })
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<String> start(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
      @Parameter(hidden = true) @RequestHeader HttpHeaders headers,
      @RequestBody byte[] body) {
    Preferences preferences = Preferences.of(headers);
    Opening opening = requests.read(caller, Preferences.idempotencyKey(headers), body);
    Optional<String> warning = warnings.of(opening);
    ResponseEntity<String> answer = answer(opening, preferences, warning);
    return warning.isEmpty()
        ? answer
        : ResponseEntity.status(answer.getStatusCode())
            .headers(answer.getHeaders())
            .header(Warnings.HEADER, warning.get())
            .body(answer.getBody());
  }

  private ResponseEntity<String> answer(
      Opening opening, Preferences preferences, Optional<String> warning) {
    return switch (opened(opening, preferences)) {
      case Opened.Created(Session session) -> {
        trail.concerns(session.id().toString(), session.app());
        warning.ifPresent(text -> sessions.apply(session.id(), new Signal.Warned(text)));
        yield settle(session, false, opening, preferences);
      }
      case Opened.Existing(Session session) -> settle(session, true, opening, preferences);
      case Opened.Repeated(Session session, FirstAnswer answer) when answer != null ->
          answers.send(answer, session, preferences);
      case Opened.Repeated(Session session, var _) -> settle(session, false, opening, preferences);
      case Opened.Conflict(Session active) -> throw answers.conflict(active, opening);
      case Opened.KeyReused() -> throw answers.keyReused();
      case Opened.UidTaken(String uid) -> throw answers.uidTaken(uid, opening);
      case Opened.WorkersExhausted(int limit, String recorders) ->
          throw answers.workersExhausted(limit, recorders);
    };
  }

  /// A session that is about to end is no recording: its end is waited for, then another one
  /// begins.
  private Opened opened(Opening opening, Preferences preferences) {
    Opened opened = sessions.open(opening);
    if (opened instanceof Opened.Existing(Session active)
        && active.status() == Session.Status.STOPPING) {
      Session ended =
          sessions.await(active.id(), it -> it.status().isFinal(), preferences.patience());
      return ended.status().isFinal() ? sessions.open(opening) : new Opened.Conflict(ended);
    }
    return opened;
  }

  private ResponseEntity<String> settle(
      Session opened, boolean existing, Opening opening, Preferences preferences) {
    Session session = sessions.await(opened.id(), StartAnswers::isSettled, preferences.patience());
    String key = opening.idempotencyKey();
    if (StartAnswers.isPassing(session)) {
      if (key != null) {
        sessions.forgetKey(opening.caller(), key, session.id());
      }
      throw answers.refusal(session);
    }
    FirstAnswer answer = answers.to(session, existing);
    return answers.send(
        key == null ? answer : sessions.answered(opening.caller(), key, answer),
        session,
        preferences);
  }

  @Operation(summary = "List sessions, newest first")
  @Parameter(
      in = ParameterIn.QUERY,
      name = "app",
      description = "Only this app",
      schema = @Schema(implementation = String.class))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "channel",
      description = "Only this channel",
      schema = @Schema(implementation = String.class))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "status",
      description = "Only these, repeatable",
      array = @ArraySchema(schema = @Schema(implementation = String.class)))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "label",
      description = "key:value, repeatable; all of them must be there",
      array = @ArraySchema(schema = @Schema(implementation = String.class)))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "since",
      description = "Created at or after, ISO 8601",
      schema = @Schema(implementation = String.class))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "until",
      description = "Created before, ISO 8601",
      schema = @Schema(implementation = String.class))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "limit",
      description = "1 to 200, 50 by default",
      schema = @Schema(implementation = Integer.class))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "cursor",
      description = "`next` of the page before",
      schema = @Schema(implementation = String.class))
  @Problems(Problem.INVALID_REQUEST)
  @GetMapping
  Page<SessionView> list(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
      @Parameter(hidden = true) @RequestParam MultiValueMap<String, String> parameters) {
    var query = new Query(parameters);
    int limit = query.limit();
    List<Session.Status> statuses =
        query.each(
            "status",
            "must be one of " + words(),
            word ->
                Stream.of(Session.Status.values())
                    .filter(status -> status.word().equals(word))
                    .findFirst()
                    .orElse(null));
    var listing =
        new Sessions.Listing(
            visible(caller, query.text("app")),
            query.text("channel"),
            Set.copyOf(statuses),
            query.pairs("label"),
            query.instant("since"),
            query.instant("until"),
            query.cursor(UUID::fromString),
            limit + 1);
    List<Session> found = sessions.list(listing);
    return Page.of(found, limit, session -> session.id().toString(), views.of(found));
  }

  @Operation(summary = "Show a session with its tasks, files and audit")
  @Problems(Problem.NOT_FOUND)
  @GetMapping("/{id}")
  SessionView get(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @PathVariable String id) {
    return views.of(own.get(caller, id));
  }

  @Operation(summary = "Stop a session; may be repeated")
  @Parameter(
      in = ParameterIn.HEADER,
      name = "Prefer",
      description = "`wait=<seconds>`, 0 to 60, 20 by default; then a 202 is answered",
      example = "wait=20",
      schema = @Schema(implementation = String.class))
  @ApiResponse(responseCode = "200", description = "The end is proven")
  @ApiResponse(responseCode = "202", description = "Stopping; the end is not proven yet")
  @Problems({Problem.INVALID_REQUEST, Problem.NOT_FOUND})
  @PostMapping("/{id}/stop")
  ResponseEntity<SessionView> stop(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @Parameter(hidden = true) @RequestHeader HttpHeaders headers) {
    Preferences preferences = Preferences.of(headers);
    Session session = own.get(caller, id);
    trail.concerns(session.id().toString(), session.app());
    if (!session.status().isFinal()) {
      sessions.apply(session.id(), new Signal.StopAsked("requested"));
    }
    session = sessions.await(session.id(), Session::ended, preferences.patience());
    var response = ResponseEntity.status(session.ended() ? HttpStatus.OK : HttpStatus.ACCEPTED);
    if (preferences.applied() != null) {
      response.header("Preference-Applied", preferences.applied());
    }
    return response.location(URI.create("/v1/sessions/" + session.id())).body(views.of(session));
  }

  /// The apps to list: the one that is asked for, if the caller may know it; null for every app.
  private static @Nullable Set<String> visible(Caller caller, @Nullable String app) {
    if (app == null) {
      return caller.apps();
    }
    return caller.mayUse(app) ? Set.of(app) : Set.of();
  }

  private static String words() {
    return Stream.of(Session.Status.values())
        .map(Session.Status::word)
        .collect(Collectors.joining(", "));
  }
}
