package io.reelkeeper.proof.lab;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// One Agora project and one caller, as the service and the sandbox know them.
public final class Account {

  public static final String ALIAS = "classroom";
  public static final int REQUESTS_PER_SECOND = 10;

  static final String APP_ID = "970ca35de60c44645bbae8a215061b33";
  static final String CUSTOMER_KEY = "proof-customer";
  static final String CUSTOMER_SECRET = "s3cret-customer-5b0e";
  static final String WEBHOOK_SECRET = "s3cret-webhook-77ad";
  static final String API_KEY = "rk_s3cret-caller-91f2";
  static final String ACCESS_KEY = "s3cret-access-0c44";
  static final String SECRET_KEY = "s3cret-bucket-e812";
  static final String CHANNEL_KEY = "s3cret-channel-6d1a";

  private Account() {}

  /// What must never be seen in logs, answers and rows.
  public static List<String> secrets() {
    return List.of(CUSTOMER_SECRET, WEBHOOK_SECRET, API_KEY, ACCESS_KEY, SECRET_KEY, CHANNEL_KEY);
  }

  static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
