package io.reelkeeper.sandbox.files;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.regex.Pattern;

/// Names and bytes of recorded files.
public final class HlsFiles {

  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmssSSS").withZone(ZoneOffset.UTC);

  /// Replaced by a hyphen in the file names of web page recording.
  private static final Pattern REPLACED = Pattern.compile("[!@#$%^&*()+_.=\\[\\]{}~|,;:?<>]");

  private static final int PACKET = 188;
  private static final int PID_PMT = 0x1000;
  private static final int PID_MEDIA = 0x0100;
  private static final int FILLER = 0x1FFF;

  /// One pixel.
  private static final byte[] JPG =
      Base64.getDecoder()
          .decode(
              "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsO"
                  + "CwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=");

  private HlsFiles() {}

  public static String utc(Instant at) {
    return UTC.format(at);
  }

  /// The part that the names of all files of a recorder begin with, `bak<n>_` aside.
  public static String stem(String sid, String cname, boolean web) {
    return sid + "_" + (web ? REPLACED.matcher(cname).replaceAll("-") : cname);
  }

  public static String ofUser(String stem, String uid, String type) {
    return stem + "__uid_s_" + uid + "__uid_e_" + type;
  }

  /// What so much media weighs, in whole packets.
  public static int size(long durationMs, int kbps, long most) {
    long bytes = Math.min(most, durationMs * kbps / 8);
    return (int) Math.max(4, bytes / PACKET) * PACKET;
  }

  public static byte[] jpg() {
    return JPG.clone();
  }

  /// An MP4 file: its type, an empty movie header and filler.
  public static byte[] mp4(int size) {
    byte[] content = new byte[Math.max(size, 64)];
    ByteBuffer buffer = ByteBuffer.wrap(content);
    buffer.putInt(24).put("ftypisom".getBytes(US_ASCII)).putInt(512);
    buffer.put("isommp41".getBytes(US_ASCII));
    buffer.putInt(8).put("moov".getBytes(US_ASCII));
    buffer.putInt(content.length - buffer.position()).put("mdat".getBytes(US_ASCII));
    return content;
  }

  /// An MPEG transport stream: program tables, the start of one video stream, and filler packets.
  public static byte[] ts(int size) {
    ByteBuffer stream = ByteBuffer.allocate(size);
    table(
        stream, 0, new byte[] {0, (byte) 0xB0, 13, 0, 1, (byte) 0xC1, 0, 0, 0, 1, (byte) 0xF0, 0});
    table(
        stream,
        PID_PMT,
        new byte[] {
          2,
          (byte) 0xB0,
          18,
          0,
          1,
          (byte) 0xC1,
          0,
          0,
          (byte) 0xE1,
          0,
          (byte) 0xF0,
          0,
          0x1B,
          (byte) 0xE1,
          0,
          (byte) 0xF0,
          0
        });
    header(stream, PID_MEDIA, true, 0);
    // a packetised stream begins: video, no time stamps, then an access unit delimiter of H.264
    stream.put(new byte[] {0, 0, 1, (byte) 0xE0, 0, 0, (byte) 0x80, 0, 0, 0, 0, 1, 9, (byte) 0xF0});
    fill(stream);
    for (int counter = 0; stream.hasRemaining(); counter++) {
      header(stream, FILLER, false, counter);
      fill(stream);
    }
    return stream.array();
  }

  private static void table(ByteBuffer stream, int pid, byte[] section) {
    header(stream, pid, true, 0);
    stream.put((byte) 0).put(section).putInt(crc(section));
    fill(stream);
  }

  private static void header(ByteBuffer stream, int pid, boolean starts, int counter) {
    stream.put((byte) 0x47);
    stream.putShort((short) (pid | (starts ? 0x4000 : 0)));
    stream.put((byte) (0x10 | (counter & 0x0F)));
  }

  private static void fill(ByteBuffer stream) {
    while (stream.position() % PACKET != 0) {
      stream.put((byte) 0xFF);
    }
  }

  private static int crc(byte[] section) {
    int crc = -1;
    for (byte b : section) {
      crc ^= b << 24;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc < 0 ? (crc << 1) ^ 0x04C11DB7 : crc << 1;
      }
    }
    return crc;
  }
}
