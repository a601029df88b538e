package io.reelkeeper.page;

import io.reelkeeper.core.TaskId;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What a recorded page proves itself with: it names one task, nobody can guess it, and it is
/// checked without the database.
///
/// 48 characters: base64url of the session's id, the task's number and 16 bytes of an HMAC-SHA256
/// over both. The key lies in the database, so that all replicas know it; it is made once.
@Component
class PageTokens {

  private static final int NAME_BYTES = Long.BYTES * 2 + Integer.BYTES;
  private static final int PROOF_BYTES = 16;
  private static final int LENGTH = (NAME_BYTES + PROOF_BYTES) * 4 / 3;
  private static final int KEY_BYTES = 32;

  private final SecretKeySpec key;

  PageTokens(JdbcClient jdbc, Clock clock) {
    byte[] fresh = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(fresh);
    jdbc.sql("insert into page_key (key, made_at) values (?, ?) on conflict do nothing")
        .param(fresh)
        .param(Timestamp.from(clock.instant()))
        .update();
    this.key =
        new SecretKeySpec(
            jdbc.sql("select key from page_key").query(byte[].class).single(), "HmacSHA256");
  }

  /// The same for the same task, always.
  String of(TaskId task) {
    byte[] name =
        ByteBuffer.allocate(NAME_BYTES)
            .putLong(task.session().getMostSignificantBits())
            .putLong(task.session().getLeastSignificantBits())
            .putInt(task.number())
            .array();
    byte[] all = Arrays.copyOf(name, NAME_BYTES + PROOF_BYTES);
    System.arraycopy(proof(name), 0, all, NAME_BYTES, PROOF_BYTES);
    return Base64.getUrlEncoder().encodeToString(all);
  }

  /// The task whose token this is; nothing for whatever is not one of ours.
  Optional<TaskId> task(String token) {
    if (token.length() != LENGTH) {
      return Optional.empty();
    }
    byte[] all;
    try {
      all = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
    if (all.length != NAME_BYTES + PROOF_BYTES) {
      return Optional.empty();
    }
    byte[] name = Arrays.copyOf(all, NAME_BYTES);
    byte[] proof = Arrays.copyOfRange(all, NAME_BYTES, all.length);
    if (!MessageDigest.isEqual(proof, proof(name))) {
      return Optional.empty();
    }
    ByteBuffer read = ByteBuffer.wrap(name);
    return Optional.of(new TaskId(new UUID(read.getLong(), read.getLong()), read.getInt()));
  }

  private byte[] proof(byte[] name) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return Arrays.copyOf(mac.doFinal(name), PROOF_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
