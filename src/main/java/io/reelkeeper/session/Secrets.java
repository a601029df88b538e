package io.reelkeeper.session;

import com.google.crypto.tink.subtle.AesGcmJce;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Secrets inside a session, encrypted at rest and bound to the row they lie in.
@Component
public class Secrets {

  /// The key is not the one that these secrets were encrypted with.
  public static final class SecretsUnreadable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SecretsUnreadable(UUID session, @Nullable Exception cause) {
      super(
          "the secrets of session %s do not open: was reelkeeper.encryption-key changed?"
              .formatted(session),
          cause);
    }
  }

  private final @Nullable AesGcmJce cipher;

  Secrets(SessionSettings settings) throws GeneralSecurityException {
    this.cipher =
        settings.encryptionKey() == null
            ? null
            : new AesGcmJce(Base64.getDecoder().decode(settings.encryptionKey()));
  }

  /// Whether `reelkeeper.encryption-key` is set; without it requests with secrets are refused.
  public boolean available() {
    return cipher != null;
  }

  /// A secret as it may lie among a session's other words, in base64.
  public String sealed(UUID session, String secret) {
    return Base64.getEncoder().encodeToString(Objects.requireNonNull(seal(session, secret)));
  }

  /// @param sealed as made by [#sealed]
  /// @throws SecretsUnreadable when the key is another one
  public String opened(UUID session, String sealed) {
    return open(session, Base64.getDecoder().decode(sealed));
  }

  byte @Nullable [] seal(UUID session, @Nullable String secrets) {
    if (secrets == null) {
      return null;
    }
    try {
      return cipher().encrypt(secrets.getBytes(StandardCharsets.UTF_8), bound(session));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the secrets of session " + session + " stay open", e);
    }
  }

  String open(UUID session, byte[] cipherText) {
    if (cipher == null) {
      throw new SecretsUnreadable(session, null);
    }
    try {
      return new String(cipher().decrypt(cipherText, bound(session)), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new SecretsUnreadable(session, e);
    }
  }

  private AesGcmJce cipher() {
    if (cipher == null) {
      throw new IllegalStateException("reelkeeper.encryption-key is not set");
    }
    return cipher;
  }

  private static byte[] bound(UUID session) {
    return session.toString().getBytes(StandardCharsets.UTF_8);
  }
}
