package io.reelkeeper.session;

import io.reelkeeper.core.Destination;
import io.reelkeeper.core.Mode;
import io.reelkeeper.session.state.Session;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A checked request to record something; what of it is secret is apart.
///
/// @param caller the name of the API key, or the subject of the token: keys are per caller
/// @param idempotencyKey as sent, or null
/// @param bodyDigest SHA-256 hex of the request's body as sent; compared when a key comes again
/// @param request see `Session.request`
/// @param digest see `Session.digest`
/// @param uids UIDs that the caller wishes, in order; the rest comes from the App ID's block
/// @param secrets JSON of what must be encrypted (caller's tokens, channel key, salt), or null
public record Opening(
    String caller,
    @Nullable String idempotencyKey,
    String bodyDigest,
    String app,
    String channel,
    Mode mode,
    String slot,
    Session.Assurance assurance,
    Session.OnIdle onIdle,
    Destination destination,
    JsonNode request,
    String digest,
    List<String> uids,
    Map<String, String> labels,
    @Nullable String secrets) {

  public Opening {
    uids = List.copyOf(uids);
    labels = Map.copyOf(labels);
  }

  @Override
  public String toString() {
    return "Opening[" + app + " " + channel + " " + mode + " " + slot + "]";
  }
}
