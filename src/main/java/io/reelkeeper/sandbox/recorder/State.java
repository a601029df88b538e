package io.reelkeeper.sandbox.recorder;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What changes in the life of a recorder; its fields outlive the process. Guarded by the lock of
/// the sandbox.
public final class State {

  String uid;
  List<String> uids = new ArrayList<>();
  JsonNode storage;
  Media.State media;
  int status = 1;
  int sequence;
  int failovers;
  boolean reloaded;
  boolean pageOpen;
  int pageLoads;
  boolean migrating;
  boolean onhold;
  boolean leaving;
  boolean backup;
  boolean forgotten;
  @Nullable String pushedTo;
  @Nullable Instant readyAt;
  @Nullable Instant emptySince;
  @Nullable Instant endedAt;
  String endReason = "";

  State(String uid, JsonNode storage, Media.State media) {
    this.uid = uid;
    this.storage = storage;
    this.media = media;
  }

  public static State of(Order order) {
    return new State(order.uid(), order.request().path("storageConfig"), Media.State.of(order));
  }

  /// As a query tells it, 1 to 8.
  public int status() {
    return status;
  }

  /// The uid in the channel, another after each failover.
  public String uid() {
    return uid;
  }

  public List<String> uids() {
    return List.copyOf(uids);
  }

  public JsonNode storage() {
    return storage;
  }

  public boolean onhold() {
    return onhold;
  }

  public @Nullable String pushedTo() {
    return pushedTo;
  }

  public @Nullable Instant readyAt() {
    return readyAt;
  }

  public @Nullable Instant endedAt() {
    return endedAt;
  }

  public String endReason() {
    return endReason;
  }

  public boolean leaving() {
    return leaving;
  }

  /// Whether files are in the backup cloud.
  public boolean backedUp() {
    return backup;
  }

  /// Whether even a stop finds nothing any more.
  public boolean forgotten() {
    return forgotten;
  }
}
