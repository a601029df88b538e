package io.reelkeeper.events;

import io.reelkeeper.outbox.Subscribers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A subscriber as shown; its secret is shown to nobody.
///
/// @param url without a query, which may hold a secret
/// @param apps null for every app
/// @param events names and patterns; none for every event
/// @param state `active`, `failing` (tried again by itself) or `paused` (until it is resumed)
/// @param reason why it is paused: `gone` or `failing`
/// @param since when it began to fail, or was paused
/// @param sessionsWaiting of how many sessions it is yet to be told
/// @param lagSeconds how long the event waits that waits longest
public record SubscriberView(
    String name,
    String url,
    @Nullable Set<String> apps,
    List<String> events,
    String state,
    @Nullable String reason,
    @Nullable Instant since,
    @Nullable Instant lastDeliveredAt,
    @Nullable Instant lastFailedAt,
    @Nullable String lastError,
    int sessionsWaiting,
    long lagSeconds) {

  static SubscriberView of(Subscribers.Status status, Instant now) {
    boolean paused = status.pausedAt() != null;
    boolean failing = status.failingSince() != null;
    Instant oldest = status.oldestWaiting();
    Set<String> apps = status.apps();
    return new SubscriberView(
        status.name(),
        status.address(),
        apps == null ? null : new TreeSet<>(apps),
        status.events(),
        paused ? "paused" : failing ? "failing" : "active",
        status.pausedBecause(),
        paused ? status.pausedAt() : status.failingSince(),
        status.deliveredAt(),
        status.failedAt(),
        status.error(),
        status.sessionsWaiting(),
        oldest == null ? 0 : Math.max(0, Duration.between(oldest, now).toSeconds()));
  }
}
