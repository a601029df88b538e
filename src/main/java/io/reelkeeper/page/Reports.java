package io.reelkeeper.page;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.reelkeeper.core.TaskId;
import io.reelkeeper.core.Words;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/// Takes in what recorded pages say of themselves.
///
/// Anybody on the internet may call: whatever is not a fresh report under a token of ours costs no
/// more than an HMAC.
@Component
class Reports {

  enum Kind {
    READY,
    ALIVE
  }

  /// What became of a report.
  enum Result {
    TAKEN,
    /// Not a token of ours.
    WRONG_TOKEN,
    TOO_OFTEN,
    /// Agora opened the page before its answer to the start was known here.
    TOO_EARLY,
    /// Nobody waits for this page any more.
    OVER,
    /// More than such a report may have in its body.
    TOO_LARGE,
    /// The database is busy with other things.
    BUSY
  }

  /// Faster than any page has a reason to be, slower than a flood that the database would feel.
  private static final Duration MOST_OFTEN = Duration.ofSeconds(1);

  /// Each uses a connection of twenty; pages must not take those of callers and walks.
  private static final int HANDS = 4;

  /// A report is one short transaction; one that has waited longer is sent again by the page.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// Beyond so many remembered reports the old ones are dropped: more pages than one replica has.
  private static final int REMEMBERED = 10_000;

  private record Last(TaskId task, Kind kind) {}

  private final PageTokens tokens;
  private final Sessions sessions;
  private final Clock clock;
  private final MeterRegistry meters;
  private final long gapMillis;
  private final Map<Last, Long> last = new ConcurrentHashMap<>();
  private final Semaphore hands = new Semaphore(HANDS);

  Reports(PageTokens tokens, Sessions sessions, Policy policy, Clock clock, MeterRegistry meters) {
    this.tokens = tokens;
    this.sessions = sessions;
    this.clock = clock;
    this.meters = meters;
    // a policy of milliseconds must not refuse the very reports that it waits for
    this.gapMillis = Math.min(MOST_OFTEN.toMillis(), policy.pageAliveEvery().toMillis() / 2);
  }

  Result take(String token, Kind kind) {
    Optional<TaskId> task = tokens.task(token);
    return counted(kind, task.isEmpty() ? Result.WRONG_TOKEN : take(task.get(), kind));
  }

  /// A report that was refused before its token was looked at.
  Result counted(Kind kind, Result result) {
    Counter.builder("reelkeeper.page.reports")
        .description("Reports of recorded pages, by what became of them")
        .tags("kind", Words.slug(kind), "result", Words.slug(result))
        .register(meters)
        .increment();
    return result;
  }

  private Result take(TaskId task, Kind kind) {
    if (tooOften(new Last(task, kind), clock.millis())) {
      return Result.TOO_OFTEN;
    }
    try {
      if (!hands.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return Result.BUSY;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Result.BUSY;
    }
    try {
      return told(task, kind);
    } finally {
      hands.release();
    }
  }

  private boolean tooOften(Last report, long now) {
    if (last.size() > REMEMBERED) {
      last.values().removeIf(at -> Math.abs(now - at) >= gapMillis);
    }
    boolean[] refused = new boolean[1];
    last.compute(
        report,
        (_, before) -> {
          refused[0] = before != null && Math.abs(now - before) < gapMillis;
          return refused[0] ? before : Long.valueOf(now);
        });
    return refused[0];
  }

  private Result told(TaskId id, Kind kind) {
    Signal.OfTask signal =
        switch (kind) {
          case READY -> new Signal.PageReady(id.number());
          case ALIVE -> new Signal.PageAlive(id.number());
        };
    Optional<Session> session = sessions.state(id.session());
    Optional<Task> task =
        session.filter(Reports::wantsRecording).flatMap(it -> it.task(id.number()));
    if (task.isEmpty() || task.get().ended() || !task.get().wanted()) {
      return Result.OVER; // a page that is left open reports for days: it leaves no history
    }
    if (task.get().sid() == null) {
      return Result.TOO_EARLY;
    }
    sessions.apply(id.session(), signal);
    return Result.TAKEN;
  }

  private static boolean wantsRecording(Session session) {
    return session.status() != Session.Status.STOPPING && !session.status().isFinal();
  }
}
