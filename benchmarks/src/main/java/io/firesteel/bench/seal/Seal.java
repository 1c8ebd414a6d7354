package io.firesteel.bench.seal;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A signature inside of the result that it covers: everything but the signature itself. */
public final class Seal {
  private static final String FIELD = "signature";

  private Seal() {}

  /**
   * Signs a result, in place of a signature that it may have.
   *
   * @param publicKey is put beside the signature, so that a reader sees whose it is
   * @throws IOException if the result does not say which commit and which files it is about
   */
  public static void sign(ObjectNode result, PrivateKey key, PublicKey publicKey)
      throws IOException {
    requireOrigin(result);
    result.remove(FIELD);
    try {
      Signature signature = Signature.getInstance(Keys.ALGORITHM);
      signature.initSign(key);
      signature.update(CanonicalJson.bytes(result));
      byte[] value = signature.sign();
      ObjectNode node = result.putObject(FIELD);
      node.put("algorithm", Keys.ALGORITHM);
      node.put("publicKey", Base64.getEncoder().encodeToString(publicKey.getEncoded()));
      node.put("value", Base64.getEncoder().encodeToString(value));
    } catch (GeneralSecurityException e) {
      throw new IOException("the key cannot sign: " + e.getMessage(), e);
    }
  }

  private static void requireOrigin(JsonNode result) throws IOException {
    String commit = result.path("commit").asString("");
    if (commit.isEmpty() || commit.equals("unknown")) {
      throw new IOException("the result names no commit; measure with --commit");
    }
  }

  /** The public key beside a result's signature. */
  public static PublicKey signer(JsonNode result) throws IOException {
    return Keys.decodePublic(FIELD, bytes(result, "publicKey"));
  }

  /**
   * Whether a result is as it was signed.
   *
   * @param key whose signature it must be
   * @throws IOException if it has no signature
   */
  public static boolean isIntact(ObjectNode result, PublicKey key) throws IOException {
    byte[] value = bytes(result, "value");
    ObjectNode covered = result.deepCopy();
    covered.remove(FIELD);
    try {
      Signature signature = Signature.getInstance(Keys.ALGORITHM);
      signature.initVerify(key);
      signature.update(CanonicalJson.bytes(covered));
      return signature.verify(value);
    } catch (GeneralSecurityException e) {
      return false; // not even of the form of a signature
    }
  }

  private static byte[] bytes(JsonNode result, String field) throws IOException {
    JsonNode value = result.path(FIELD).path(field);
    if (!value.isString()) {
      throw new IOException("the result is not signed; sign it with 'firesteel sign'");
    }
    try {
      return Base64.getDecoder().decode(value.asString());
    } catch (IllegalArgumentException e) {
      throw new IOException("the signature's " + field + " is damaged", e);
    }
  }
}
