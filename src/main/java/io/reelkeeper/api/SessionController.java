package io.reelkeeper.api;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.request.StartRequests;
import io.reelkeeper.session.Opened;
import io.reelkeeper.session.Opened.FirstAnswer;
import io.reelkeeper.session.Opening;
import io.reelkeeper.session.Session;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.Signal;
import java.net.URI;
import java.util.List;
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

  private final StartRequests requests;
  private final Sessions sessions;
  private final OwnSessions own;
  private final StartAnswers answers;

  SessionController(
      StartRequests requests, Sessions sessions, OwnSessions own, StartAnswers answers) {
    this.requests = requests;
    this.sessions = sessions;
    this.own = own;
    this.answers = answers;
  }

  /// The body is taken as bytes: a digest of it belongs to the idempotency key, and it is read more
  /// strictly than the framework would.
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<String> start(
      @AuthenticationPrincipal Caller caller,
      @RequestHeader HttpHeaders headers,
      @RequestBody byte[] body) {
    Preferences preferences = Preferences.of(headers);
    Opening opening = requests.read(caller, Preferences.idempotencyKey(headers), body);
    return switch (sessions.open(opening)) {
      case Opened.Created(Session session) -> settle(session, false, opening, preferences);
      case Opened.Existing(Session session) -> settle(session, true, opening, preferences);
      case Opened.Repeated(Session session, FirstAnswer answer) when answer != null ->
          answers.send(answer, session, preferences);
      case Opened.Repeated(Session session, var _) -> settle(session, false, opening, preferences);
      case Opened.Conflict(Session active) -> throw answers.conflict(active, opening);
      case Opened.KeyReused() -> throw answers.keyReused();
      case Opened.UidTaken(String uid) -> throw answers.uidTaken(uid, opening);
      case Opened.WorkersExhausted(int limit) -> throw answers.workersExhausted(limit);
    };
  }

  private ResponseEntity<String> settle(
      Session opened, boolean existing, Opening opening, Preferences preferences) {
    Session session = sessions.await(opened.id(), StartAnswers::isSettled, preferences.patience());
    String key = opening.idempotencyKey();
    if (StartAnswers.isPassing(session)) {
      if (key != null) {
        sessions.forgetKey(opening.caller(), key);
      }
      throw answers.refusal(session);
    }
    FirstAnswer answer = answers.to(session, existing);
    return answers.send(
        key == null ? answer : sessions.answered(opening.caller(), key, answer),
        session,
        preferences);
  }

  @GetMapping
  Page<SessionView> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam MultiValueMap<String, String> parameters) {
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
    return Page.of(found, limit, session -> session.id().toString(), SessionView::of);
  }

  @GetMapping("/{id}")
  SessionView get(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    return SessionView.of(own.get(caller, id));
  }

  @PostMapping("/{id}/stop")
  ResponseEntity<SessionView> stop(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @RequestHeader HttpHeaders headers) {
    Preferences preferences = Preferences.of(headers);
    Session session = own.get(caller, id);
    if (!session.status().isFinal()) {
      sessions.apply(session.id(), new Signal.StopAsked("requested"));
      session = sessions.await(session.id(), now -> now.status().isFinal(), preferences.patience());
    }
    var response =
        ResponseEntity.status(session.status().isFinal() ? HttpStatus.OK : HttpStatus.ACCEPTED);
    if (preferences.applied() != null) {
      response.header("Preference-Applied", preferences.applied());
    }
    return response
        .location(URI.create("/v1/sessions/" + session.id()))
        .body(SessionView.of(session));
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
