package io.reelkeeper.bench.ground;

import java.time.Duration;
import java.util.UUID;

/// One session that the service itself has started, for [Copies].
public final class Template {

  private Template() {}

  /// Starts a session, waits until it is known to be live, and ends the service.
  ///
  /// @param stopped whether the session shall have ended, too
  public static UUID made(Ground ground, Database database, QuickAgora agora, boolean stopped)
      throws Exception {
    try (Service service = ground.service("template")) {
      service.start(
          ground.launch(256),
          Setting.unpaced(database.url(), agora.domains())
              .with("reelkeeper.policy.ha-watchdog=off"));
      UUID session = service.starts("template");
      Waits.until(Duration.ofMinutes(1), "a live recording", () -> database.live() == 1);
      if (stopped) {
        service.stops(session);
      }
      return session;
    }
  }
}
