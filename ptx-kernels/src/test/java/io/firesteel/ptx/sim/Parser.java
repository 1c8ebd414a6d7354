package io.firesteel.ptx.sim;

import io.firesteel.ptx.sim.Lexer.Token;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a PTX module. */
final class Parser {
  private static final int POINTER_BYTES = 8;

  private final List<Token> tokens;
  private final PtxModule module;
  private final ByteArrayOutputStream variables = new ByteArrayOutputStream();
  private Scope scope = new Scope(null);
  private int at;

  // of the kernel being read
  private List<Instruction> instructions = new ArrayList<>();
  private int registers32;
  private int registers64;
  private int predicates;
  private long sharedBytes;
  private long localBytes;

  Parser(String text) {
    tokens = Lexer.tokens(text);
    module = new PtxModule(text.lines().toList());
  }

  PtxModule parse() {
    while (at < tokens.size()) {
      moduleDirective();
    }
    module.variables(variables.toByteArray());
    return module;
  }

  private void moduleDirective() {
    Token token = next();
    switch (token.text()) {
      case ".version", ".address_size" -> next();
      case ".target" -> {
        next();
        while (accept(",")) {
          next();
        }
      }
      case ".visible", ".weak", ".extern" -> {
        // linkage does not matter here
      }
      case ".entry" -> entry();
      case ".global", ".const", ".shared" -> variable(token);
      case ".pragma", ".file", ".loc" -> skipLine(token);
      default -> throw error(token, "unknown directive " + token.text());
    }
  }

  private void skipLine(Token token) {
    while (at < tokens.size() && peek().line() == token.line()) {
      at++;
    }
  }

  private void entry() {
    String name = next().text();
    Scope saved = scope;
    scope = new Scope(saved);
    instructions = new ArrayList<>();
    registers32 = 0;
    registers64 = 0;
    predicates = 0;
    localBytes = 0;
    List<Integer> parameters = new ArrayList<>();
    if (accept("(")) {
      long offset = 0;
      while (!accept(")")) {
        int bytes = parameter(offset);
        parameters.add(bytes);
        offset += POINTER_BYTES;
        accept(",");
      }
    }
    int maxThreads = limits();
    expect("{");
    block();
    scope = saved;
    module.add(
        new Entry(
            name,
            List.copyOf(parameters),
            List.copyOf(instructions),
            registers32,
            registers64,
            predicates,
            Math.toIntExact(sharedBytes),
            Math.toIntExact(localBytes),
            maxThreads,
            module));
    sharedBytes = 0;
  }

  /** {@code .param .u64 .ptr .global .align 16 name}. */
  private int parameter(long offset) {
    expect(".param");
    PtxType type = null;
    while (peek().text().startsWith(".")) {
      Token token = next();
      if (token.is(".align")) {
        next();
      } else if (PtxType.of(token.text().substring(1)).isPresent()) {
        type = PtxType.of(token.text().substring(1)).get();
      }
    }
    Token name = next();
    if (type == null || type.bytes > POINTER_BYTES) {
      throw error(name, "parameter " + name.text() + " must be a scalar of at most 8 bytes");
    }
    scope.declare(name.text(), new Operand.Parameter(name.text(), offset), name.line());
    return type.bytes;
  }

  private int limits() {
    int threads = 0;
    while (!peek().is("{")) {
      Token token = next();
      boolean threadLimit = token.is(".maxntid") || token.is(".reqntid");
      long product = integer();
      while (accept(",")) {
        product *= integer();
      }
      threads = threadLimit ? Math.toIntExact(product) : threads;
    }
    return threads;
  }

  /** Statements up to the closing brace. */
  private void block() {
    scope = new Scope(scope);
    while (!accept("}")) {
      statement();
    }
    scope = scope.outer();
  }

  private void statement() {
    Token token = next();
    switch (token.text()) {
      case "{" -> block();
      case ";" -> {
        // empty statement
      }
      case ".reg" -> registers();
      case ".shared", ".local", ".const", ".global" -> variable(token);
      case ".extern" -> variable(next());
      case ".pragma", ".loc" -> skipLine(token);
      default -> {
        if (peek().is(":")) {
          at++;
          scope.label(token.text(), instructions.size(), token.line());
        } else {
          instruction(token);
        }
      }
    }
  }

  private void registers() {
    Token token = next();
    PtxType type =
        PtxType.of(token.text().substring(1))
            .orElseThrow(() -> error(token, "unknown type " + token.text()));
    do {
      Token name = next();
      if (accept("<")) {
        long count = integer();
        expect(">");
        for (int i = 0; i < count; i++) {
          register(name.text() + i, type, name.line());
        }
      } else {
        register(name.text(), type, name.line());
      }
    } while (accept(","));
    expect(";");
  }

  private void register(String name, PtxType type, int line) {
    int slot =
        switch (type.bytes) {
          case 0 -> predicates++;
          case 8 -> registers64++;
          case 16 -> throw new SimFault("line " + line + ": 128-bit registers are not supported");
          default -> registers32++;
        };
    scope.declare(name, new Operand.Register(name, type, slot), line);
  }

  /**
   * {@code .shared .align 16 .b8 name[1024];}, several names separated by commas, or with an
   * initialiser.
   */
  private void variable(Token space) {
    long align = 1;
    PtxType type = null;
    while (peek().text().startsWith(".")) {
      Token token = next();
      if (token.is(".align")) {
        align = integer();
      } else {
        type =
            PtxType.of(token.text().substring(1))
                .orElseThrow(() -> error(token, "unknown type " + token.text()));
      }
    }
    if (type == null) {
      throw error(space, "variable without a type");
    }
    do {
      variable(space, type, Math.max(align, type.bytes));
    } while (accept(","));
    expect(";");
  }

  private void variable(Token space, PtxType type, long align) {
    Token name = next();
    long elements = 1;
    boolean open = false;
    while (accept("[")) {
      open = peek().is("]");
      elements *= open ? 1 : integer();
      expect("]");
    }
    long bytes = elements * type.bytes;
    List<Operand> values = accept("=") ? initialiser() : List.of();
    Operand.Variable variable =
        switch (space.text()) {
          case ".shared" -> {
            if (open) {
              yield new Operand.Variable(name.text(), Space.SHARED, Grid.DYNAMIC_SHARED_AT, 0);
            }
            long address = alignUp(sharedBytes, align);
            sharedBytes = address + bytes;
            yield new Operand.Variable(name.text(), Space.SHARED, address, bytes);
          }
          case ".local" -> {
            long address = alignUp(localBytes, align);
            localBytes = address + bytes;
            yield new Operand.Variable(name.text(), Space.LOCAL, address, bytes);
          }
          default ->
              moduleVariable(
                  name, type, align, Math.max(bytes, (long) values.size() * type.bytes), values);
        };
    scope.declare(name.text(), variable, name.line());
  }

  private Operand.Variable moduleVariable(
      Token name, PtxType type, long align, long bytes, List<Operand> values) {
    while (variables.size() % align != 0) {
      variables.write(0);
    }
    long address = PtxModule.VARIABLES + variables.size();
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    for (Operand value : values) {
      put(buffer, type, value, name);
    }
    variables.writeBytes(buffer.array());
    return new Operand.Variable(name.text(), Space.GLOBAL, address, bytes);
  }

  private static void put(ByteBuffer buffer, PtxType type, Operand value, Token name) {
    long bits =
        switch (value) {
          case Operand.Int(long v) -> v;
          case Operand.Real(double v, boolean _) when type == PtxType.F32 ->
              Float.floatToRawIntBits((float) v);
          case Operand.Real(double v, boolean _) -> Double.doubleToRawLongBits(v);
          default -> throw error(name, "has an initialiser that is not a number");
        };
    switch (type.bytes) {
      case 1 -> buffer.put((byte) bits);
      case 2 -> buffer.putShort((short) bits);
      case 4 -> buffer.putInt((int) bits);
      default -> buffer.putLong(bits);
    }
  }

  private List<Operand> initialiser() {
    if (!accept("{")) {
      return List.of(operand());
    }
    List<Operand> values = new ArrayList<>();
    while (!accept("}")) {
      values.add(operand());
      accept(",");
    }
    return values;
  }

  private static long alignUp(long value, long align) {
    return Math.ceilDiv(value, align) * align;
  }

  private void instruction(Token first) {
    Operand.Register guard = null;
    boolean negated = false;
    Token opcode = first;
    if (first.is("@")) {
      negated = accept("!");
      Token name = next();
      guard =
          resolve(name) instanceof Operand.Register register && register.type() == PtxType.PRED
              ? register
              : null;
      if (guard == null) {
        throw error(name, name.text() + " is not a predicate");
      }
      opcode = next();
    }
    if (!opcode.isName()) {
      throw error(opcode, "expected an instruction, found '" + opcode.text() + "'");
    }
    List<Operand> operands = new ArrayList<>();
    while (!accept(";")) {
      operands.add(operand());
      if (!peek().is(";")) {
        expect(",");
      }
    }
    String[] parts = opcode.text().split("\\.");
    instructions.add(
        new Instruction(
            opcode.line(),
            parts[0],
            List.copyOf(Arrays.asList(parts).subList(1, parts.length)),
            guard,
            negated,
            List.copyOf(operands),
            scope));
  }

  private Operand operand() {
    Token token = peek();
    if (accept("[")) {
      Operand address = address();
      expect("]");
      return address;
    }
    if (accept("{")) {
      List<Operand> elements = new ArrayList<>();
      while (!accept("}")) {
        elements.add(operand());
        accept(",");
      }
      return new Operand.Vector(List.copyOf(elements));
    }
    if (accept("!")) {
      return new Operand.Not(operand());
    }
    if (token.isName()) {
      at++;
      Operand operand = resolve(token);
      if (accept("|")) {
        return new Operand.Pair(operand, operand());
      }
      if (operand instanceof Operand.Variable v && (peek().is("+") || peek().is("-"))) {
        return new Operand.Variable(v.name(), v.space(), v.address() + integer(), v.size());
      }
      return operand;
    }
    return literal();
  }

  private Operand literal() {
    Token token = peek();
    boolean negative = token.is("-");
    Token number = negative ? tokens.get(at + 1) : token;
    String text = number.text();
    if (text.matches("0[fF][0-9a-fA-F]{8}")) {
      at += negative ? 2 : 1;
      float value = Float.intBitsToFloat(Integer.parseUnsignedInt(text.substring(2), 16));
      return new Operand.Real(negative ? -value : value, true);
    }
    if (text.matches("0[dD][0-9a-fA-F]{16}")) {
      at += negative ? 2 : 1;
      double value = Double.longBitsToDouble(Long.parseUnsignedLong(text.substring(2), 16));
      return new Operand.Real(negative ? -value : value, false);
    }
    if (number.isNumber() && text.contains(".")) {
      at += negative ? 2 : 1;
      double value = Double.parseDouble(text);
      return new Operand.Real(negative ? -value : value, false);
    }
    return new Operand.Int(integer());
  }

  private Operand address() {
    if (!peek().isName()) {
      return new Operand.Address(null, integer());
    }
    Operand base = resolve(next());
    long offset = peek().is("+") || peek().is("-") ? integer() : 0;
    return new Operand.Address(base, offset);
  }

  private Operand resolve(Token token) {
    Operand operand = scope.find(token.text());
    return operand != null ? operand : new Operand.Name(token.text());
  }

  // constant expressions, by precedence

  private long integer() {
    long value = sum();
    while (peek().is("<<")
        || peek().is(">>")
        || peek().is("&")
        || peek().is("|")
        || peek().is("^")) {
      String operator = next().text();
      long right = sum();
      value =
          switch (operator) {
            case "<<" -> value << right;
            case ">>" -> value >> right;
            case "&" -> value & right;
            case "|" -> value | right;
            default -> value ^ right;
          };
    }
    return value;
  }

  private long sum() {
    long value = peek().is("+") || peek().is("-") ? 0 : product();
    while (peek().is("+") || peek().is("-")) {
      value = next().is("+") ? value + product() : value - product();
    }
    return value;
  }

  private long product() {
    long value = unary();
    while (peek().is("*") || peek().is("/") || peek().is("%")) {
      String operator = next().text();
      long right = unary();
      value =
          switch (operator) {
            case "*" -> value * right;
            case "/" -> value / right;
            default -> value % right;
          };
    }
    return value;
  }

  private long unary() {
    if (accept("-")) {
      return -unary();
    }
    if (accept("~")) {
      return ~unary();
    }
    if (accept("(")) {
      long value = integer();
      expect(")");
      return value;
    }
    Token token = next();
    if (!token.isNumber()) {
      throw error(token, "expected a number, found '" + token.text() + "'");
    }
    String text = token.text().replace("U", "");
    return text.startsWith("0x") || text.startsWith("0X")
        ? Long.parseUnsignedLong(text.substring(2), 16)
        : Long.parseUnsignedLong(text);
  }

  private Token peek() {
    if (at >= tokens.size()) {
      throw new SimFault("the text ends in the middle of a statement");
    }
    return tokens.get(at);
  }

  private Token next() {
    Token token = peek();
    at++;
    return token;
  }

  private boolean accept(String text) {
    if (peek().is(text)) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(String text) {
    Token token = next();
    if (!token.is(text)) {
      throw error(token, "expected '" + text + "', found '" + token.text() + "'");
    }
  }

  private static SimFault error(Token token, String what) {
    return new SimFault("line " + token.line() + ": " + what);
  }
}
