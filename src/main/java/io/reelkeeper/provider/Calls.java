package io.reelkeeper.provider;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.reelkeeper.core.Backoff;
import io.reelkeeper.core.Operation;
import io.reelkeeper.provider.Exchange.Ask;
import io.reelkeeper.provider.HttpAgora.Reply;
import io.reelkeeper.quota.Quota;
import io.reelkeeper.quota.Slot;
import io.reelkeeper.quota.Urgency;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/// The calls to Agora, each of them a walk of several attempts.
///
/// A call paces itself, looks for a domain that answers, repeats what may be repeated, and ends in
/// one `Answer`.
@Component
class Calls {

  private static final Logger log = LoggerFactory.getLogger(Calls.class);

  /// Repeated after 50x and code 65 here. The repeats of start and query are timers elsewhere:
  /// between two of them the session may take another turn.
  private static final Set<Operation> REPEATED =
      EnumSet.of(Operation.ACQUIRE, Operation.UPDATE, Operation.UPDATE_LAYOUT, Operation.STOP);

  /// Refusals that say something about an earlier start of the same bytes too: it runs (7, 53), or
  /// it was refused for the same reason.
  private static final Set<Integer> SETTLES_A_LOST_START = Set.of(2, 7, 8, 53, 432, 1003, 1013);

  /// How soon a call that found no room among the calls under way may come again.
  private static final Duration CROWDED = Duration.ofSeconds(1);

  /// How the pace is asked for a turn, and told that it was too quick.
  record Turns(
      BiFunction<String, Urgency, Slot> await, Consumer<String> slowDown, LeftLate leftLate) {}

  /// Told which request left late, and the `nanoTime` when it did.
  @FunctionalInterface
  interface LeftLate {

    void tell(String pace, Slot.Go turn, long at);
  }

  /// The wait between two attempts; a test moves its clock instead.
  @FunctionalInterface
  interface Pause {

    void last(Duration time) throws InterruptedException;
  }

  /// Real time, and the pace of all replicas.
  @Configuration(proxyBeanMethods = false)
  static class Real {

    /// Parks the (virtual) thread that asks.
    @Bean
    Pause pause() {
      return time -> {
        boolean opened = new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
        assert !opened : "nobody counts this latch down";
      };
    }

    @Bean
    Turns turns(Quota quota) {
      return new Turns(quota::await, quota::slowDown, quota::leftLate);
    }
  }

  private final Backoff patience;
  private final DomainRoute route;
  private final Turns turns;
  private final Exchange exchange;
  private final Pause pause;
  private final BulkheadRegistry crowds;

  Calls(
      ProviderSettings settings,
      ProviderSettings.Patience patience,
      DomainRoute route,
      Turns turns,
      Exchange exchange,
      Pause pause) {
    this.patience = patience.backoff();
    this.route = route;
    this.turns = turns;
    this.exchange = exchange;
    this.pause = pause;
    // Nobody waits here: a slot that was given passes.
    this.crowds =
        BulkheadRegistry.of(
            BulkheadConfig.custom()
                .maxConcurrentCalls(settings.concurrentCalls())
                .maxWaitDuration(Duration.ZERO)
                .build());
  }

  /// The attempts of one call: paced, sent, judged; then an answer, or a pause and the next one.
  <T> Answer<T> walk(Ask<T> ask) {
    // Made before its turn: a request leaves at once when that has come.
    Exchange.Letter letter = exchange.letter(ask);
    DomainRoute.@Nullable Journey journey = null;
    boolean reached = false;
    for (int attempt = 1; ; attempt++) {
      Slot.Go turn;
      switch (slot(ask)) {
        case Slot.Go go -> turn = go;
        case Slot.NotNow later -> {
          exchange.putOff(ask);
          return reached ? new Answer.Unheard<>("no room for a repeat", true) : postponed(later);
        }
        case null -> {
          return reached
              ? new Answer.Unheard<>("no turn could be had: database away, or shutting down", true)
              : new Answer.Postponed<>(CROWDED);
        }
      }
      Bulkhead crowd = crowds.bulkhead(ask.recorder().app());
      if (!crowd.tryAcquirePermission()) {
        return reached
            ? new Answer.Unheard<>("too many calls under way", true)
            : new Answer.Postponed<>(CROWDED);
      }
      journey = journey == null ? route.of(ask.recorder().app()) : journey;
      Exchange.Attempt<T> made;
      try {
        made =
            exchange.attempt(
                ask,
                letter,
                journey.domain(),
                attempt,
                turn.waited(),
                () -> mayLeave(ask.pace(), turn));
      } finally {
        crowd.onComplete();
      }
      if (made.tooFast()) {
        slowDown(ask.pace());
      }
      boolean repeat;
      switch (made.reply()) {
        case Reply.Lost lost -> {
          journey.lost(lost.dns());
          reached |= lost.reached();
          repeat = true;
        }
        case Reply.Held _ -> repeat = true;
        case Reply.Came came -> {
          journey.heard();
          repeat = mayHelp(ask.operation(), came.status(), made.answer());
        }
      }
      Optional<Duration> wait = repeat ? patience.after(attempt) : Optional.empty();
      if (wait.isEmpty() || !paused(wait.get())) {
        return conclude(ask.operation(), made.answer(), reached);
      }
    }
  }

  private static <T> Answer<T> postponed(Slot.NotNow later) {
    return new Answer.Postponed<>(later.by());
  }

  private @Nullable Slot slot(Ask<?> ask) {
    try {
      return turns.await.apply(ask.pace(), ask.urgency());
    } catch (DataAccessException | CancellationException _) {
      return null; // nothing goes unpaced
    }
  }

  /// Called on an event loop, which must not wait for the database.
  private boolean mayLeave(String pace, Slot.Go turn) {
    long now = System.nanoTime();
    if (turn.isOver(now)) {
      return false;
    }
    if (turn.isLate(now)) {
      Thread.startVirtualThread(
          () -> {
            try {
              turns.leftLate.tell(pace, turn, now);
            } catch (DataAccessException _) {
              // The next request asks the same database for its turn, and waits if it is away.
            }
          });
    }
    return true;
  }

  /// What Agora answered stands, whether or not the other replicas can be told.
  private void slowDown(String pace) {
    try {
      turns.slowDown.accept(pace);
    } catch (DataAccessException e) {
      log.warn("cannot slow {} down: {}", pace, e.getClass().getSimpleName());
    }
  }

  private static boolean mayHelp(Operation operation, int status, Answer<?> answer) {
    // Whatever became of an acquire, it records nothing: what cannot be believed is asked again.
    if (operation == Operation.ACQUIRE && answer instanceof Answer.Unheard<?>) {
      return true;
    }
    return REPEATED.contains(operation)
        && answer instanceof Answer.Busy<?> busy
        && (status >= 500 || busy.code() == 65);
  }

  private boolean paused(Duration time) {
    try {
      pause.last(time);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// The last answer, in the light of attempts that were lost: a start that may have reached Agora
  /// is not undone by a later "busy" or "no connection".
  private static <T> Answer<T> conclude(Operation operation, Answer<T> last, boolean reached) {
    if (!reached) {
      return last;
    }
    return switch (last) {
      case Answer.Unheard<T> unheard -> new Answer.Unheard<>(unheard.why(), true);
      case Answer.Busy<T> busy when operation == Operation.START ->
          new Answer.Unheard<>("an attempt was lost; then: " + busy.reason(), true);
      case Answer.Refused<T> refused
          when operation == Operation.START && !SETTLES_A_LOST_START.contains(refused.code()) ->
          new Answer.Unheard<>("an attempt was lost; then: " + refused.reason(), true);
      default -> last;
    };
  }
}
