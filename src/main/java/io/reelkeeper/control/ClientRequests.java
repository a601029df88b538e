package io.reelkeeper.control;

import io.reelkeeper.core.Mode;
import io.reelkeeper.page.PageLinks;
import io.reelkeeper.provider.RtcTokens;
import io.reelkeeper.session.Secrets.SecretsUnreadable;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes the `clientRequest` of acquire and start from what was accepted.
@Component
class ClientRequests {

  /// Agora's longest. It limits how long a recording can be asked and stopped, not how long it
  /// records: a shorter one would leave a long recording running beyond anybody's control.
  private static final int RESOURCE_EXPIRED_HOURS = 720;

  private final Sessions sessions;
  private final StorageCredentials storage;
  private final Changes changes;
  private final RtcTokens tokens;
  private final PageLinks links;
  private final JsonMapper json;

  ClientRequests(
      Sessions sessions,
      StorageCredentials storage,
      Changes changes,
      RtcTokens tokens,
      PageLinks links,
      JsonMapper json) {
    this.sessions = sessions;
    this.storage = storage;
    this.changes = changes;
    this.tokens = tokens;
    this.links = links;
    this.json = json;
  }

  /// A task that takes over is placed apart from those that may still run: what befell them shall
  /// not befall it too (reference §10.4).
  ObjectNode acquire(Session session, Task task) {
    ObjectNode request =
        json.createObjectNode()
            .put("scene", session.mode() == Mode.WEB ? 1 : 0)
            .put("resourceExpiredHour", RESOURCE_EXPIRED_HOURS);
    List<String> others =
        session.tasks().stream()
            .filter(other -> other.number() != task.number() && other.mayRun())
            .map(Task::resourceId)
            .filter(Objects::nonNull)
            .toList();
    if (!others.isEmpty()) {
      others.forEach(request.putArray("excludeResourceIds")::add);
    }
    return request;
  }

  /// What would be sent is not what was accepted any more, so it is not sent.
  static final class NotAsAccepted extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String slug;
    private final String detail;

    NotAsAccepted(String slug, RuntimeException cause) {
      super(slug, cause);
      this.slug = slug;
      this.detail = String.valueOf(cause.getMessage());
    }

    /// Why, as the session's reason.
    String slug() {
      return slug;
    }

    String detail() {
      return detail;
    }
  }

  /// @throws NotAsAccepted when the place is another one by now, or the secrets cannot be read
  /// @throws StorageCredentials.Unusable when there is no storage token that could be used
  Start start(Session session, Task task) {
    ObjectNode request = json.createObjectNode();
    JsonNode accepted = session.request();
    JsonNode secrets = secrets(session);
    if (session.mode() == Mode.WEB) {
      request.set("extensionServiceConfig", webRecorder(session, task));
    } else {
      token(session, task, secrets).ifPresent(token -> request.put("token", token));
      ObjectNode recording = (ObjectNode) accepted.path("recording").deepCopy();
      for (String secret : new String[] {"secret", "salt"}) {
        if (secrets.hasNonNull(secret)) {
          recording.set(secret, secrets.get(secret));
        }
      }
      request.set("recordingConfig", recording);
    }
    copy(accepted, "files", request, "recordingFileConfig");
    copy(accepted, "snapshots", request, "snapshotConfig");
    request.set("storageConfig", storage.storageConfig(session.destination()));
    changes.into(session, request);
    return new Start(request, ending(task, request, secrets));
  }

  /// A start that is about to go out.
  ///
  /// @param clientRequest holds secrets
  /// @param ending what of it ends before a recording may; nothing when all of it lasts
  record Start(ObjectNode clientRequest, Optional<Signal.CredentialsSent> ending) {}

  private Optional<Signal.CredentialsSent> ending(Task task, ObjectNode start, JsonNode secrets) {
    boolean minted = start.has("token") && !secrets.path("tokens").path(task.uid()).isString();
    Instant token = minted ? tokens.ends() : null;
    Instant stored = StorageCredentials.ends(start.path("storageConfig"));
    return token == null && stored == null
        ? Optional.empty()
        : Optional.of(new Signal.CredentialsSent(task.number(), token, stored));
  }

  private JsonNode secrets(Session session) {
    try {
      return sessions
          .secrets(session.id())
          .map(text -> (JsonNode) json.readTree(text))
          .orElseGet(json::createObjectNode);
    } catch (SecretsUnreadable unreadable) {
      throw new NotAsAccepted("secrets-unreadable", unreadable);
    }
  }

  private Optional<String> token(Session session, Task task, JsonNode secrets) {
    JsonNode callers = secrets.path("tokens").path(task.uid());
    return callers.isString()
        ? Optional.of(callers.stringValue())
        : tokens.mint(session.app(), session.channel(), task.uid());
  }

  private ObjectNode webRecorder(Session session, Task task) {
    JsonNode accepted = session.request();
    ObjectNode web = (ObjectNode) accepted.path("web").deepCopy();
    if (accepted.path("page").path("probe").asBoolean(false)) {
      web.put("url", links.reporting(web.path("url").asString(), task.id(session)));
    }
    ObjectNode service =
        json.createObjectNode()
            .put("serviceName", "web_recorder_service")
            .put("errorHandlePolicy", "error_abort");
    service.set("serviceParam", web);
    ObjectNode config = json.createObjectNode().put("errorHandlePolicy", "error_abort");
    config.putArray("extensionServices").add(service);
    return config;
  }

  private static void copy(JsonNode from, String member, ObjectNode to, String as) {
    if (from.hasNonNull(member)) {
      to.set(as, from.get(member));
    }
  }
}
