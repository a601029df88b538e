package io.reelkeeper.bench.ground;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Notifications as Agora sends them, each with an id of its own, ready to be written to a socket.
///
/// Not to be shared by threads.
public final class SignedNotices implements Supplier<byte[]> {

  private static final HexFormat HEX = HexFormat.of();
  private static final String NO_SIGNATURE = "0".repeat(64);

  /// Sequences begin here, so that all are equally long.
  private static final int SEQUENCE = 100_000_000;

  private final SplittableRandom random = new SplittableRandom();
  private final Mac mac;
  private final List<byte[]> templates;
  private final int idAt;
  private final int headLength;
  private final int signatureAt;
  private final int sequenceAt;
  private final boolean forged;
  private int next;

  /// @param sids whose notices these are, in turn; equally long, as every sid is
  /// @param forged with a signature that is well-formed and wrong
  public SignedNotices(URI target, String app, List<String> sids, boolean forged) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(Setting.WEBHOOK_SECRET.getBytes(UTF_8), "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    this.forged = forged;
    String body = body(sids.getFirst());
    String head =
        """
        POST /webhooks/agora/%s HTTP/1.1
        Host: %s
        Content-Type: application/json
        Agora-Signature: %s
        Agora-Signature-V2: %s
        Content-Length: %d

        """
            .formatted(app, target.getAuthority(), "0".repeat(40), NO_SIGNATURE, body.length())
            .replace("\n", "\r\n");
    headLength = head.length();
    signatureAt = head.indexOf("V2: ") + 4;
    idAt = headLength + body.indexOf(NO_SIGNATURE.substring(0, 32));
    sequenceAt = headLength + body.indexOf("\"sequence\":") + 11;
    templates = sids.stream().map(sid -> (head + body(sid)).getBytes(ISO_8859_1)).toList();
  }

  /// Somebody is heard or not: of all that Agora tells this is told most often, and it ends
  /// nothing.
  private static String body(String sid) {
    return """
    {"noticeId":"%s","productId":3,"eventType":43,"notifyMs":1764000000000,"sid":"%s",\
    "payload":{"cname":"room-of-%s","uid":"4000000017","sid":"%s","sequence":%d,\
    "sendts":%d,"serviceType":0,"details":{"msgName":\
    "recorder_audio_stream_state_changed","streamUid":"1001","state":1,"UtcMs":1764000000000}}}\
    """
        .formatted(
            NO_SIGNATURE.substring(0, 32), sid, sid, sid, SEQUENCE, System.currentTimeMillis());
  }

  @Override
  public byte[] get() {
    byte[] request = templates.get(next++ % templates.size()).clone();
    writeHex(random.nextLong(), request, idAt);
    writeHex(random.nextLong(), request, idAt + 16);
    byte[] sequence = Integer.toString(SEQUENCE + next).getBytes(ISO_8859_1);
    System.arraycopy(sequence, 0, request, sequenceAt, sequence.length);
    mac.update(request, headLength, request.length - headLength);
    byte[] signature = HEX.formatHex(mac.doFinal()).getBytes(ISO_8859_1);
    if (forged) {
      signature[0] = (byte) (signature[0] == '0' ? '1' : '0');
    }
    System.arraycopy(signature, 0, request, signatureAt, signature.length);
    return request;
  }

  private static void writeHex(long value, byte[] into, int at) {
    byte[] hex = HEX.toHexDigits(value).getBytes(ISO_8859_1);
    System.arraycopy(hex, 0, into, at, hex.length);
  }
}
