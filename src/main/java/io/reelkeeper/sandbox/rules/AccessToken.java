package io.reelkeeper.sandbox.rules;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.zip.InflaterInputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// An RTC token as Agora's gateway reads it (AccessToken2, "007").
///
/// The layout is little-endian: signature, App ID, issue time, validity in seconds, salt, services;
/// the service RTC has type 1, its privilege to join a channel has key 1.
public final class AccessToken {

  /// What joining with a token comes to; the code is that of event 1, module 0.
  public sealed interface Verdict {
    record Admitted(Instant until) implements Verdict {}

    record Turned(int code, String message) implements Verdict {}
  }

  private static final int RTC = 1;
  private static final int JOIN = 1;
  private static final int LARGEST = 64 * 1024;
  private static final Verdict INVALID = new Verdict.Turned(110, "invalid token");

  private AccessToken() {}

  public static Verdict join(
      @Nullable String token,
      String appId,
      String certificate,
      String cname,
      String uid,
      Instant now) {
    if (token == null || !token.startsWith("007")) {
      return INVALID;
    }
    try {
      return read(inflate(token.substring(3)), appId, certificate, cname, uid, now);
    } catch (IOException
        | IllegalArgumentException
        | BufferUnderflowException
        | GeneralSecurityException e) {
      return INVALID;
    }
  }

  private static Verdict read(
      byte[] content, String appId, String certificate, String cname, String uid, Instant now)
      throws GeneralSecurityException {
    ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    byte[] signature = bytes(buffer);
    byte[] signed = new byte[buffer.remaining()];
    buffer.duplicate().get(signed);
    String tokenApp = text(buffer);
    int issued = buffer.getInt();
    long valid = Integer.toUnsignedLong(buffer.getInt());
    int salt = buffer.getInt();
    byte[] key = hmac(little(salt), hmac(little(issued), certificate.getBytes(UTF_8)));
    if (!MessageDigest.isEqual(signature, hmac(key, signed)) || !tokenApp.equals(appId)) {
      return INVALID;
    }
    int services = Short.toUnsignedInt(buffer.getShort());
    if (services == 0 || Short.toUnsignedInt(buffer.getShort()) != RTC) {
      return INVALID; // services are in the order of their type, RTC is the first
    }
    long join = -1;
    for (int left = Short.toUnsignedInt(buffer.getShort()); left > 0; left--) {
      int privilege = Short.toUnsignedInt(buffer.getShort());
      long seconds = Integer.toUnsignedLong(buffer.getInt());
      join = privilege == JOIN ? seconds : join;
    }
    String tokenChannel = text(buffer);
    String tokenUid = text(buffer);
    if (join < 0 || !tokenChannel.equals(cname) || !(tokenUid.isEmpty() || tokenUid.equals(uid))) {
      return INVALID;
    }
    // a privilege of 0 seconds lasts as long as the token
    long seconds = join == 0 ? valid : Math.min(valid, join);
    Instant until = Instant.ofEpochSecond(Integer.toUnsignedLong(issued) + seconds);
    return until.isAfter(now)
        ? new Verdict.Admitted(until)
        : new Verdict.Turned(109, "token expired");
  }

  private static byte[] inflate(String text) throws IOException {
    byte[] packed = Base64.getDecoder().decode(text);
    try (var inflater = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      return inflater.readNBytes(LARGEST);
    }
  }

  private static String text(ByteBuffer buffer) {
    return new String(bytes(buffer), ISO_8859_1);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[Short.toUnsignedInt(buffer.getShort())];
    buffer.get(bytes);
    return bytes;
  }

  private static byte[] little(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }
}
