package io.reelkeeper.provider;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.DeflaterOutputStream;
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
    } catch (java.io.IOException e) {
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
