package io.reelkeeper.quota;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How much of an App ID's pace is used, by all replicas together.
///
/// @param limit requests per second as configured
/// @param used requests per second over the last minute
/// @param slowedUntil half the pace until then, because Agora answered 429; null if not slowed
public record Usage(double limit, double used, @Nullable Instant slowedUntil) {}
