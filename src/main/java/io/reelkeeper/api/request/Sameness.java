package io.reelkeeper.api.request;

import io.reelkeeper.core.Destination;
import io.reelkeeper.session.state.Session.Assurance;
import io.reelkeeper.session.state.Session.OnIdle;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// When two requests are the same recording: destination, configuration, UIDs and policy are alike
/// after defaults. Labels do not count (they change nothing that is recorded), nor do tokens
/// (minted anew for every request).
final class Sameness {

  private static final JsonMapper SORTED =
      JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

  /// The digest is stored beside the session, so a guess at a short key must be slow; 20,000 rounds
  /// are some 5 ms, and only requests with a channel key pay them.
  private static final int ROUNDS = 20_000;

  private Sameness() {}

  static String digest(
      JsonNode request,
      Destination destination,
      Assurance assurance,
      OnIdle onIdle,
      @Nullable String channelKey) {
    ObjectNode all = SORTED.createObjectNode();
    all.set("request", request);
    all.put("storage", destination.profile());
    all.put("place", destination.fingerprint());
    all.put("assurance", assurance.word());
    all.put("onIdle", onIdle.word());
    if (channelKey != null) {
      all.put("key", slowly(channelKey, destination.fingerprint()));
    }
    return sha256(SORTED.writeValueAsBytes(all));
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String slowly(String secret, String salt) {
    try {
      var spec =
          new PBEKeySpec(secret.toCharArray(), salt.getBytes(StandardCharsets.UTF_8), ROUNDS, 256);
      return HexFormat.of()
          .formatHex(
              SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                  .generateSecret(spec)
                  .getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has PBKDF2", e);
    }
  }
}
