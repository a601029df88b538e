package io.reelkeeper.sandbox.recorder;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What was asked for with a start; it never changes.
///
/// @param app alias
/// @param expiresAfterHours so long control calls are possible
/// @param request `clientRequest`
public record Order(
    String app,
    String appId,
    String mode,
    String cname,
    String uid,
    String resourceId,
    String sid,
    Instant startedAt,
    int expiresAfterHours,
    JsonNode request) {

  public boolean web() {
    return mode.equals("web");
  }

  public boolean snapshots() {
    return request.has("snapshotConfig");
  }

  boolean live() {
    return recording().path("channelType").asInt(0) == 1;
  }

  Duration maxIdleTime() {
    return Duration.ofSeconds(recording().path("maxIdleTime").asInt(30));
  }

  Duration captureInterval() {
    return Duration.ofSeconds(request.path("snapshotConfig").path("captureInterval").asInt(10));
  }

  boolean expired(Instant now) {
    return now.isAfter(startedAt.plus(Duration.ofHours(expiresAfterHours)));
  }

  JsonNode recording() {
    return request.path("recordingConfig");
  }

  /// Width times height of a recorded page.
  public long pixels() {
    return pixels(request);
  }

  public static long pixels(JsonNode request) {
    JsonNode page = service(request, "web_recorder_service");
    return page.path("videoWidth").asLong(0) * page.path("videoHeight").asLong(0);
  }

  /// The parameters of an extension service, a missing node if it was not ordered.
  JsonNode service(String name) {
    return service(request, name);
  }

  private static JsonNode service(JsonNode request, String name) {
    Optional<JsonNode> service =
        request
            .path("extensionServiceConfig")
            .path("extensionServices")
            .valueStream()
            .filter(one -> one.path("serviceName").asString("").equals(name))
            .findFirst();
    return service.isPresent()
        ? service.get().path("serviceParam")
        : JsonNodeFactory.instance.missingNode();
  }
}
