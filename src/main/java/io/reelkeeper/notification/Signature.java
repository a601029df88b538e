package io.reelkeeper.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Whether Agora sent these bytes (reference §8.3). The bytes count as received: the same JSON
/// written in another way is signed differently.
final class Signature {

  static final String V1 = "Agora-Signature";
  static final String V2 = "Agora-Signature-V2";

  private Signature() {}

  /// The newer signature decides when it is there, even if the older one would be right.
  static boolean isValid(
      byte[] body, List<String> secrets, @Nullable String v2, @Nullable String v1) {
    if (v2 != null) {
      return secrets.stream().anyMatch(secret -> matches(v2, "HmacSHA256", secret, body));
    }
    return v1 != null && secrets.stream().anyMatch(secret -> matches(v1, "HmacSHA1", secret, body));
  }

  private static boolean matches(String given, String algorithm, String secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      if (given.length() != 2 * mac.getMacLength()) {
        return false;
      }
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), algorithm));
      return MessageDigest.isEqual(mac.doFinal(body), HexFormat.of().parseHex(given));
    } catch (IllegalArgumentException notHex) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has both algorithms
    }
  }
}
