package io.reelkeeper.storage.check;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.reelkeeper.storage.Bucket;
import io.reelkeeper.storage.Buckets;
import io.reelkeeper.storage.Seen;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Looks into the bucket of every profile shortly after the start, and again every few minutes.
///
/// It keeps nobody waiting and ends no start: a bucket that is down now is down for the audit
/// alone, and recordings go on. What it finds is logged once, is a metric and stands in the health
/// of the service. Profiles that are write-only are not looked into.
@Component
class ProfileCheck implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(ProfileCheck.class);

  private static final String READABLE = "readable";

  private final Buckets buckets;
  private final MeterRegistry meters;
  private final CheckSettings settings;
  private final Map<String, String> seen = new ConcurrentHashMap<>();
  private volatile boolean stopped;
  private volatile @Nullable ScheduledExecutorService looking;

  ProfileCheck(Buckets buckets, MeterRegistry meters, CheckSettings settings) {
    this.buckets = buckets;
    this.meters = meters;
    this.settings = settings;
  }

  /// By profile: `readable`, or why not; empty before the first look.
  Map<String, String> seen() {
    return new TreeMap<>(seen);
  }

  boolean allReadable() {
    return seen.values().stream().allMatch(READABLE::equals);
  }

  /// One look at every profile, all at once: one that does not answer holds up no other.
  void look() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      buckets.readable().forEach((profile, bucket) -> threads.execute(() -> look(profile, bucket)));
    }
  }

  private void look(String profile, Seen<Bucket> bucket) {
    Seen<Bucket.Page> page =
        bucket instanceof Seen.Readable<Bucket>(Bucket open) ? open.probe() : bucket.failure();
    if (stopped) {
      return; // interrupted: that says nothing of the bucket
    }
    String now = page.problem();
    String before = seen.put(profile, now);
    if (before == null) {
      Gauge.builder("reelkeeper.storage.readable", () -> READABLE.equals(seen.get(profile)) ? 1 : 0)
          .tag("profile", profile)
          .description("Whether the bucket of a storage profile could be looked into: 1 or 0")
          .register(meters);
    }
    if (now.equals(before)) {
      return;
    }
    if (!now.equals(READABLE)) {
      log.warn(
          "The bucket of storage profile {} cannot be read ({}); its recordings go on, and are not"
              + " audited until it can",
          profile,
          now);
    } else if (before != null) {
      log.info("The bucket of storage profile {} can be read again", profile);
    }
  }

  @Override
  public void start() {
    stopped = false;
    if (!settings.live()) {
      return;
    }
    ScheduledExecutorService scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("storage-check").factory());
    scheduler.scheduleWithFixedDelay(
        this::lookQuietly, 0, settings.every().toMillis(), TimeUnit.MILLISECONDS);
    looking = scheduler;
  }

  /// An exception would end all further looks.
  private void lookQuietly() {
    try {
      look();
    } catch (RuntimeException e) {
      log.warn("The storage profiles could not be looked at, and will be: {}", e.toString());
    }
  }

  @Override
  public void stop() {
    stopped = true;
    ScheduledExecutorService scheduler = looking;
    looking = null;
    if (scheduler != null) {
      scheduler.shutdownNow();
    }
  }

  @Override
  public boolean isRunning() {
    return looking != null;
  }
}
