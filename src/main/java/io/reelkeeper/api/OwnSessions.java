package io.reelkeeper.api;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/// The sessions that exist for a caller: a foreign one is as unknown as one that never was.
@Component
public class OwnSessions {

  private final Sessions sessions;

  OwnSessions(Sessions sessions) {
    this.sessions = sessions;
  }

  /// @param id as in the path
  /// @throws ProblemException `not-found`
  public Session get(Caller caller, String id) {
    return parse(id)
        .flatMap(sessions::find)
        .filter(session -> caller.mayUse(session.app()))
        .orElseThrow(
            () -> new ProblemException(Problem.NOT_FOUND, "There is no session with this id."));
  }

  private static Optional<UUID> parse(String id) {
    try {
      UUID uuid = UUID.fromString(id);
      // UUID reads shortened forms, too; an id has only one spelling
      return uuid.toString().equalsIgnoreCase(id) ? Optional.of(uuid) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
