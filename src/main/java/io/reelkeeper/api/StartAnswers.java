package io.reelkeeper.api;

import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.api.request.Conflicts;
import io.reelkeeper.session.Opened.FirstAnswer;
import io.reelkeeper.session.Opening;
import io.reelkeeper.session.SessionView;
import io.reelkeeper.session.state.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// What a start is answered, from what became of its session.
@Component
class StartAnswers {

  /// When a recorder may be free again: those that end by themselves do so within minutes.
  private static final String WORKERS_RETRY = "30";

  /// The shortest outage of a region that its own failover has not ended.
  private static final String PROVIDER_RETRY = "10";

  /// The reasons of a failed start that another attempt may not meet again.
  private static final Set<String> PASSING = Set.of("workers-exhausted", "provider-unavailable");

  private final JsonMapper json;

  StartAnswers(JsonMapper json) {
    this.json = json;
  }

  /// Whether there is something to answer with before the caller's patience is over.
  static boolean isSettled(Session session) {
    return session.accepted()
        || session.status().isFinal()
        || session.status() == Session.Status.STOPPING;
  }

  /// Whether the failure says nothing about the request, so that its idempotency key is free again.
  static boolean isPassing(Session session) {
    return isRefused(session) && PASSING.contains(String.valueOf(session.reason()));
  }

  /// The answer to a start.
  ///
  /// @param existing whether the session was there before this request
  FirstAnswer to(Session session, boolean existing) {
    if (isRefused(session)) {
      ProblemException problem = refusal(session);
      return new FirstAnswer(
          problem.problem().status(),
          MediaType.APPLICATION_PROBLEM_JSON_VALUE,
          json.writeValueAsString(problem.body("/v1/sessions")));
    }
    HttpStatus status;
    if (existing) {
      status = HttpStatus.OK;
    } else {
      status = session.accepted() ? HttpStatus.CREATED : HttpStatus.ACCEPTED;
    }
    return new FirstAnswer(
        status.value(),
        MediaType.APPLICATION_JSON_VALUE,
        json.writeValueAsString(SessionView.of(session)));
  }

  ResponseEntity<String> send(FirstAnswer answer, Session session, Preferences preferences) {
    var response =
        ResponseEntity.status(answer.status())
            .contentType(MediaType.parseMediaType(answer.contentType()));
    if (answer.status() < 300) {
      response.header(HttpHeaders.LOCATION, "/v1/sessions/" + session.id());
    }
    if (preferences.applied() != null) {
      response.header("Preference-Applied", preferences.applied());
    }
    return response.body(answer.body());
  }

  ProblemException conflict(Session active, Opening requested) {
    return new ProblemException(
            Problem.CHANNEL_ALREADY_RECORDED,
            active.status() == Session.Status.STOPPING
                ? "The session %s is still stopping; ask again when it has stopped."
                    .formatted(active.id())
                : "The session %s records this channel in this mode and slot with another configuration."
                    .formatted(active.id()))
        .with("activeSession", SessionView.of(active))
        .with(
            "conflicts",
            active.status() == Session.Status.STOPPING
                ? List.of(new Conflicts.Conflict("status", "stopping", "recording"))
                : Conflicts.between(active, requested));
  }

  ProblemException keyReused() {
    return new ProblemException(
        Problem.IDEMPOTENCY_KEY_REUSED,
        "This Idempotency-Key came with another body within the last 24 hours; use a new key.");
  }

  ProblemException uidTaken(String uid, Opening requested) {
    String pointer =
        Stream.of("uid", "backupUid")
            .filter(member -> uid.equals(requested.request().path(member).stringValue("")))
            .findFirst()
            .map(member -> "/" + member)
            .orElse("/tokens/" + uid);
    return new ProblemException(
            Problem.INVALID_REQUEST, "One violation; nothing was sent to Agora.")
        .with(
            "errors",
            List.of(
                Map.of(
                    "pointer",
                    pointer,
                    "detail",
                    "Another recorder is in this channel under this UID, and the two would throw"
                        + " each other out; take another UID or leave it out.")));
  }

  ProblemException workersExhausted(int limit, String recorders) {
    return new ProblemException(
            Problem.WORKERS_EXHAUSTED,
            "All %d %s of this app are in use; nothing was sent to Agora."
                .formatted(limit, recorders))
        .header(HttpHeaders.RETRY_AFTER, WORKERS_RETRY);
  }

  /// Why Agora's side did not let the session begin.
  ProblemException refusal(Session session) {
    return switch (String.valueOf(session.reason())) {
      case "provider-rejected" -> rejected(session);
      case "provider-unavailable" ->
          new ProblemException(
                  Problem.PROVIDER_UNAVAILABLE,
                  "Agora did not start the recording on any domain for the whole schedule.")
              .header(HttpHeaders.RETRY_AFTER, PROVIDER_RETRY);
      case "workers-exhausted" ->
          new ProblemException(
                  Problem.WORKERS_EXHAUSTED,
                  "Agora says that the App ID has no recorder left; nothing was started.")
              .header(HttpHeaders.RETRY_AFTER, WORKERS_RETRY);
      // ours: such as a storage profile that leads elsewhere since the request was accepted
      default ->
          new ProblemException(
              Problem.INTERNAL_ERROR,
              "The session failed before its start: %s.".formatted(session.reason()));
    };
  }

  private static ProblemException rejected(Session session) {
    Session.Refusal refusal = session.refusal();
    return refusal == null
        ? new ProblemException(Problem.PROVIDER_REJECTED, "Agora refused the start.")
        : rejected(refusal);
  }

  /// Agora's own words for what it will not do.
  static ProblemException rejected(Session.Refusal refusal) {
    Map<String, Object> provider = new LinkedHashMap<>();
    provider.put("operation", refusal.operation());
    provider.put("httpStatus", refusal.httpStatus());
    provider.put("code", refusal.code());
    provider.put("reason", refusal.reason());
    return new ProblemException(Problem.PROVIDER_REJECTED, refusal.detail())
        .with("provider", provider);
  }

  /// Failed before Agora ever accepted anything.
  private static boolean isRefused(Session session) {
    return session.status() == Session.Status.FAILED && !session.accepted();
  }
}
