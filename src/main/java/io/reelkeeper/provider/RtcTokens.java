package io.reelkeeper.provider;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/// Mints the token with which a recorder enters a channel (Agora's AccessToken2, "007").
@Component
public class RtcTokens {

  /// Agora's longest. A token cannot be renewed while it records: it has to outlive the recording.
  private static final int LIFE_SECONDS = 24 * 60 * 60;

  /// Agora's own builders draw the salt from 1 to this.
  private static final int LARGEST_SALT = 99_999_999;

  private static final int RTC = 1;

  /// A token has some hundred bytes; what is longer is none.
  private static final int LONGEST = 8 * 1024;

  /// Join the channel; publish audio, video, data. The last three are what Agora's builder gives to
  /// every publisher; a project with co-host authentication asks for them.
  private static final int[] PRIVILEGES = {1, 2, 3, 4};

  private final AgoraApps apps;
  private final Clock clock;
  private final RandomGenerator random;

  RtcTokens(AgoraApps apps, Clock clock, RandomGenerator random) {
    this.apps = apps;
    this.clock = clock;
    this.random = random;
  }

  /// When a token that is minted now ends.
  public Instant ends() {
    return clock.instant().plusSeconds(LIFE_SECONDS);
  }

  /// The token for this recorder from now on for 24 h; empty when the app has no certificate.
  ///
  /// @param app our alias of the App ID
  public Optional<String> mint(String app, String channel, String uid) {
    AgoraApps.App ours = apps.named(app);
    String certificate = ours.appCertificate();
    if (certificate == null) {
      return Optional.empty();
    }
    int issued = Math.toIntExact(clock.instant().getEpochSecond());
    int salt = random.nextInt(1, LARGEST_SALT + 1);
    return Optional.of(
        build(ours.id(), certificate, channel, uid, issued, salt, LIFE_SECONDS, PRIVILEGES));
  }

  /// What a token says that somebody else has minted; its signature is not looked at.
  ///
  /// @param uid empty where it is good for every UID
  public record Said(String appId, String channel, String uid, Instant ends) {}

  /// Whether what a token says is meant for this app.
  public boolean isOf(String app, Said token) {
    return token.appId.equalsIgnoreCase(apps.named(app).id());
  }

  /// Empty when it is no token of this kind.
  public static Optional<Said> read(String token) {
    if (!token.startsWith("007")) {
      return Optional.empty();
    }
    try {
      return Optional.of(said(inflated(Base64.getDecoder().decode(token.substring(3)))));
    } catch (IOException | IllegalArgumentException | BufferUnderflowException _) {
      return Optional.empty();
    }
  }

  private static ByteBuffer inflated(byte[] packed) throws IOException {
    try (var zlib = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      return ByteBuffer.wrap(zlib.readNBytes(LONGEST)).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static Said said(ByteBuffer content) {
    text(content); // the signature
    String appId = text(content);
    long issued = Integer.toUnsignedLong(content.getInt());
    long ends = issued + Integer.toUnsignedLong(content.getInt());
    content.getInt(); // the salt
    boolean rtc = content.getShort() > 0 && content.getShort() == RTC;
    if (!rtc) {
      throw new IllegalArgumentException("no service RTC, which would be the first");
    }
    for (int left = Short.toUnsignedInt(content.getShort()); left > 0; left--) {
      int privilege = Short.toUnsignedInt(content.getShort());
      long seconds = Integer.toUnsignedLong(content.getInt());
      if (privilege == PRIVILEGES[0] && seconds > 0) {
        ends = Math.min(ends, issued + seconds);
      }
    }
    return new Said(appId, text(content), text(content), Instant.ofEpochSecond(ends));
  }

  private static String text(ByteBuffer content) {
    byte[] bytes = new byte[Short.toUnsignedInt(content.getShort())];
    content.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// The token from all that goes into it.
  ///
  /// @param issued Unix seconds
  /// @param life seconds after `issued`, of the token and of each privilege
  static String build(
      String appId,
      String certificate,
      String channel,
      String uid,
      int issued,
      int salt,
      int life,
      int... privileges) {
    var content = new Packed().string(ascii(appId)).u32(issued).u32(life).u32(salt).u16(1);
    content.u16(RTC).u16(privileges.length);
    for (int privilege : privileges) {
      content.u16(privilege).u32(life);
    }
    content.string(channel.getBytes(StandardCharsets.UTF_8)).string(ascii(uid));

    byte[] key = hmac(new Packed().u32(issued).bytes(), ascii(certificate));
    byte[] signature = hmac(hmac(new Packed().u32(salt).bytes(), key), content.bytes());
    byte[] whole = new Packed().string(signature).raw(content.bytes()).bytes();
    return "007" + Base64.getEncoder().encodeToString(deflate(whole));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] deflate(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (var zlib = new DeflaterOutputStream(out)) {
      zlib.write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  /// Little-endian numbers, and byte strings behind their length.
  private static final class Packed {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Packed u16(int value) {
      out.write(value);
      out.write(value >>> 8);
      return this;
    }

    Packed u32(int value) {
      return u16(value).u16(value >>> 16);
    }

    Packed string(byte[] bytes) {
      return u16(bytes.length).raw(bytes);
    }

    Packed raw(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
