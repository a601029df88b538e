package io.reelkeeper.session;

import io.reelkeeper.session.state.Session;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/// Requests that wait for a session to get somewhere.
@Component
class Watchers {

  /// Another replica may have moved the session, and only this process's changes wake us.
  private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(250).toNanos();

  private record Waiter(Predicate<Session> wished, Semaphore woken) {}

  private final Map<UUID, Set<Waiter>> waiting = new ConcurrentHashMap<>();

  /// Wakes those whose wish came true: the others would only read what is known here.
  void changed(Session session) {
    waiting.getOrDefault(session.id(), Set.of()).stream()
        .filter(waiter -> waiter.wished().test(session))
        .forEach(waiter -> waiter.woken().release());
  }

  /// @param wished must not ask for files: it is tested on sessions without them, too
  Session await(UUID id, Supplier<Session> read, Predicate<Session> wished, Duration atMost) {
    Semaphore woken = new Semaphore(0);
    var waiter = new Waiter(wished, woken);
    waiting.computeIfAbsent(id, _ -> ConcurrentHashMap.newKeySet()).add(waiter);
    try {
      long end = System.nanoTime() + atMost.toNanos();
      while (true) {
        Session session = read.get();
        long left = end - System.nanoTime();
        if (wished.test(session) || left <= 0) {
          return session;
        }
        var _ = woken.tryAcquire(Math.min(left, LOOK_AGAIN_NANOS), TimeUnit.NANOSECONDS);
        woken.drainPermits();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return read.get();
    } finally {
      waiting.computeIfPresent(
          id,
          (_, all) -> {
            all.remove(waiter);
            return all.isEmpty() ? null : all;
          });
    }
  }
}
