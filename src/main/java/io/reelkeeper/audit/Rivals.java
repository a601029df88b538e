package io.reelkeeper.audit;

import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/// Other starts for the same channel: those that competed with this one, and those that failed
/// before or after it. Whoever looks for files must know which of them has succeeded.
@Component
class Rivals {

  /// An application that tries again does so within minutes.
  private static final Duration NEAR = Duration.ofMinutes(10);

  private static final int MOST = 50;

  private final Sessions sessions;
  private final Clock clock;

  Rivals(Sessions sessions, Clock clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  /// The other sessions of this channel that were near in time, newest first.
  List<Session> near(Session session) {
    Instant end = session.stoppedAt() == null ? clock.instant() : session.stoppedAt();
    return sessions
        .list(
            new Sessions.Listing(
                Set.of(session.app()),
                session.channel(),
                Set.of(),
                java.util.Map.of(),
                session.createdAt().minus(NEAR),
                end.plus(NEAR),
                null,
                MOST))
        .stream()
        .filter(other -> !other.id().equals(session.id()))
        .toList();
  }

  static List<Finding> findings(Session session, List<Session> near) {
    var findings = new ArrayList<Finding>();
    for (Session other : near) {
      boolean samePlace =
          other.destination().fingerprint().equals(session.destination().fingerprint());
      if (session.accepted() && !other.accepted() && other.status().isFinal()) {
        findings.add(
            Finding.at(
                other.destination().profile(),
                "duplicate-start",
                "%s, %s; this session holds the second one"
                    .formatted(failed(other), succeeded(session))));
      } else if (!session.accepted() && other.accepted()) {
        findings.add(
            Finding.at(
                other.destination().profile(),
                "duplicate-start",
                "%s, %s; session %s holds the second one"
                    .formatted(failed(session), succeeded(other), other.id())));
      } else if (other.accepted() && !samePlace && overlap(session, other)) {
        findings.add(
            Finding.at(
                other.destination().profile(),
                "competing-start",
                "%s, %s, at the same time; this session holds the first one"
                    .formatted(succeeded(session), succeeded(other))));
      }
    }
    return findings;
  }

  private static String failed(Session session) {
    Session.Refusal refusal = session.refusal();
    return "request %s at %s failed on storage %s (%s%s)"
        .formatted(
            session.id(),
            session.createdAt(),
            session.destination().profile(),
            session.reason(),
            refusal == null
                ? ""
                : ": %s, HTTP %d, code %d"
                    .formatted(refusal.operation(), refusal.httpStatus(), refusal.code()));
  }

  private static String succeeded(Session session) {
    return "request %s at %s succeeded on storage %s (bucket %s)"
        .formatted(
            session.id(),
            session.createdAt(),
            session.destination().profile(),
            session.destination().bucket());
  }

  private static boolean overlap(Session one, Session other) {
    return (one.stoppedAt() == null || other.createdAt().isBefore(one.stoppedAt()))
        && (other.stoppedAt() == null || one.createdAt().isBefore(other.stoppedAt()));
  }
}
