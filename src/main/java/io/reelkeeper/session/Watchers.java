package io.reelkeeper.session;

import io.reelkeeper.session.machine.Session;
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

  private final Map<UUID, Set<Semaphore>> waiting = new ConcurrentHashMap<>();

  void changed(UUID session) {
    waiting.getOrDefault(session, Set.of()).forEach(Semaphore::release);
  }

  Session await(UUID id, Supplier<Session> read, Predicate<Session> wished, Duration atMost) {
    Semaphore woken = new Semaphore(0);
    waiting.computeIfAbsent(id, _ -> ConcurrentHashMap.newKeySet()).add(woken);
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
            all.remove(woken);
            return all.isEmpty() ? null : all;
          });
    }
  }
}
