package io.reelkeeper.session;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.reelkeeper.session.state.Session;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Requests that wait for a session to get somewhere.
@Component
class Watchers {

  /// Another replica may have moved the session, and only this process's changes wake us.
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  private static final class Waiter {
    final Predicate<Session> wished;
    final Semaphore woken = new Semaphore(0);

    /// The version that it has read; null before that.
    volatile @Nullable Long read;

    Waiter(Predicate<Session> wished) {
      this.wished = wished;
    }

    boolean missed(@Nullable Long version) {
      Long known = read;
      return known != null && !known.equals(version);
    }
  }

  private final JdbcClient jdbc;
  private final Map<UUID, Set<Waiter>> waiting = new ConcurrentHashMap<>();
  private final AtomicBoolean looking = new AtomicBoolean();

  Watchers(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Wakes those whose wish came true: the others would only read what is known here.
  void changed(Session session) {
    waiting.getOrDefault(session.id(), Set.of()).stream()
        .filter(waiter -> waiter.wished.test(session))
        .forEach(waiter -> waiter.woken.release());
  }

  /// @param wished must not ask for files: it is tested on sessions without them, too
  Session await(UUID id, Supplier<Session> read, Predicate<Session> wished, Duration atMost) {
    var waiter = new Waiter(wished);
    waiting.computeIfAbsent(id, _ -> ConcurrentHashMap.newKeySet()).add(waiter);
    lookIfNobodyDoes();
    try {
      long end = System.nanoTime() + atMost.toNanos();
      while (true) {
        Session session = read.get();
        waiter.read = session.version();
        long left = end - System.nanoTime();
        if (wished.test(session) || left <= 0) {
          return session;
        }
        var _ = waiter.woken.tryAcquire(left, TimeUnit.NANOSECONDS);
        waiter.woken.drainPermits();
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

  private void lookIfNobodyDoes() {
    if (looking.compareAndSet(false, true)) {
      Thread.ofVirtual().name("session-watch").start(this::lookWhileSomebodyWaits);
    }
  }

  private void lookWhileSomebodyWaits() {
    try {
      while (!waiting.isEmpty()) {
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        look();
      }
    } finally {
      looking.set(false);
      if (!waiting.isEmpty()) { // came when the look was over
        lookIfNobodyDoes();
      }
    }
  }

  /// One look for all: a hundred requests that each read their session four times a second keep a
  /// small machine busy with nothing else.
  private void look() {
    Map<UUID, Long> versions = versions(waiting.keySet());
    waiting.forEach(
        (id, all) ->
            all.stream()
                .filter(waiter -> waiter.missed(versions.get(id)))
                .forEach(waiter -> waiter.woken.release()));
  }

  /// Of none while the database is away: each finds out for itself then, and says so to who waits.
  private Map<UUID, Long> versions(Set<UUID> ids) {
    try {
      return jdbc
          .sql("select id, version from session where id = any (:ids)")
          .param("ids", ids.toArray(UUID[]::new))
          .query((row, _) -> Map.entry(row.getObject(1, UUID.class), row.getLong(2)))
          .list()
          .stream()
          .collect(toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    } catch (DataAccessException _) {
      return Map.of();
    }
  }
}
