package io.firesteel.model;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.Metadata;
import io.firesteel.loader.unpack.ModelCache;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.config.UserFolders;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.grammar.TokenCutter;
import io.firesteel.model.grammar.TokenTrie;
import io.firesteel.model.kv.PagePool;
import io.firesteel.model.kv.PrefixCache;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.template.AnswerParser;
import io.firesteel.model.template.ChatTemplates;
import io.firesteel.model.template.Message;
import io.firesteel.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * A language model, loaded once and shared by any number of {@link Session}s.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("model.gguf"));
 *     Session session = model.session()) {
 *   session.prompt("Once upon a time");
 *   session.generate().forEach(piece -> System.out.print(piece.text()));
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. Closing it closes its sessions; after that every call that
 * computes throws {@link IllegalStateException}.
 */
public final class Model implements AutoCloseable {
  // Room in the cache that is kept for an answer whose limit is higher or not given.
  private static final int USUAL_ANSWER_TOKENS = 1024;

  private final Gguf file;
  private final ModelConfig config;
  private final Tokenizer tokenizer;
  private final ChatTemplates templates;
  private final Scheduler scheduler;
  private final PagePool pool;
  private final int contextLength;
  private final List<EngineRefusal> refusals;
  private final Set<Session> sessions = new HashSet<>();
  private SessionFile files;
  private final Admission admission;
  private final AnswerForm.Cache answerGrammars = new AnswerForm.Cache();
  private final Norm outputNorm;
  private TokenCutter cutter;
  private Embedder embedder;
  private boolean closed;

  private Model(
      Gguf file,
      ModelWeights weights,
      Tokenizer tokenizer,
      ChatTemplates templates,
      Scheduler scheduler,
      int contextLength,
      ModelOptions options,
      List<EngineRefusal> refusals) {
    this.file = file;
    this.config = weights.config();
    this.outputNorm = weights.outputNorm();
    this.tokenizer = tokenizer;
    this.templates = templates;
    this.scheduler = scheduler;
    this.contextLength = contextLength;
    this.refusals = refusals;
    pool =
        new PagePool(
            scheduler.engine().kv().pages(), scheduler.engine().kv().layout().pageTokens());
    admission =
        new Admission(
            options.maxAnswers() > 0 ? options.maxAnswers() : ModelOptions.USUAL_ANSWERS,
            options.maxWaiting() > 0 ? options.maxWaiting() : ModelOptions.USUAL_WAITING,
            (long) pool.pages() * pool.pageTokens());
  }

  /** Loads a model with {@link ModelOptions#DEFAULT}. */
  public static Model load(Path path) throws IOException {
    return load(path, ModelOptions.DEFAULT);
  }

  /**
   * Loads a model from a GGUF file, or from a compressed one, which is unpacked once into the cache
   * folder.
   *
   * @throws io.firesteel.loader.GgufException if the file is no model that can be used; says what
   *     was found and what was expected
   * @throws EngineException if no engine can run it, or the one asked for cannot; says what would
   *     help
   * @throws IOException if the file cannot be read or unpacked
   */
  public static Model load(Path path, ModelOptions options) throws IOException {
    Path folder = options.cacheFolder().orElseGet(UserFolders::cache);
    Path plain = new ModelCache(folder).resolve(path, options.progress());
    return load(Gguf.open(plain), options);
  }

  /**
   * Loads the small model that ships with Firesteel, with {@link ModelOptions#DEFAULT}.
   *
   * @throws EngineException if no engine can run it
   */
  public static Model embedded() throws IOException {
    return embedded(ModelOptions.DEFAULT);
  }

  /**
   * Loads the small model that ships with Firesteel.
   *
   * @throws EngineException if no engine can run it, or the one asked for cannot
   */
  public static Model embedded(ModelOptions options) throws IOException {
    return load(EmbeddedModel.open(), options);
  }

  /**
   * Loads a model from an open file, which the model closes.
   *
   * @see #load(Path, ModelOptions)
   */
  public static Model load(Gguf file, ModelOptions options) throws IOException {
    return load(file, options, EngineChoice.installed());
  }

  static Model load(Gguf file, ModelOptions options, EngineChoice choice) throws IOException {
    try {
      return open(file, options, choice);
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  private static Model open(Gguf file, ModelOptions options, EngineChoice choice)
      throws IOException {
    ModelWeights weights = ModelWeights.of(file);
    ModelConfig config = weights.config();
    Tokenizer tokenizer = Tokenizer.from(file.metadata());
    if (tokenizer.vocabularySize() > config.vocabulary()) {
      throw file.metadata()
          .error(
              "tokenizer.ggml.tokens",
              "found %d tokens, expected at most the %d rows of token_embd.weight"
                  .formatted(tokenizer.vocabularySize(), config.vocabulary()));
    }
    ChatTemplates templates =
        ChatTemplates.of(
            file.metadata(),
            text(tokenizer, tokenizer.bosId()),
            text(tokenizer, tokenizer.eosId()));
    int context =
        options.contextLength() > 0
            ? options.contextLength()
            : Math.min(config.contextLength(), ModelOptions.USUAL_CONTEXT);
    int cacheTokens = options.cacheTokens() > 0 ? options.cacheTokens() : context;
    int threads =
        options.threads() > 0 ? options.threads() : Runtime.getRuntime().availableProcessors();
    EngineOptions engineOptions =
        new EngineOptions(
            threads,
            cacheTokens,
            options.kvFormat(),
            EngineOptions.DEFAULT_PAGE_TOKENS,
            EngineOptions.DEFAULT_MAX_ROWS,
            options.engineSettings());
    Scheduler scheduler =
        Scheduler.start(
            "firesteel engine",
            () -> choice.open(options.engine(), weights, engineOptions, options.progress()));
    return new Model(
        file, weights, tokenizer, templates, scheduler, context, options, choice.refusals());
  }

  private static String text(Tokenizer tokenizer, OptionalInt token) {
    return token.isPresent() ? tokenizer.tokenText(token.getAsInt()) : "";
  }

  /** Begins a conversation in messages, with {@link ChatOptions#DEFAULT}. It must be closed. */
  public Chat chat() {
    return chat(ChatOptions.DEFAULT);
  }

  /** Begins a conversation in messages. It must be closed. */
  public Chat chat(ChatOptions options) {
    return new Chat(session(), options);
  }

  /**
   * Takes a request. It waits for its turn and is computed when the answers are read; what is wrong
   * with it is said at once.
   *
   * @return to be closed
   * @throws BusyException if too many requests wait already
   * @throws ContextFullException if the prompt is longer than the context
   * @throws io.firesteel.model.template.NoChatTemplateException if the request is a conversation
   *     and the model's file has no chat template
   * @throws io.firesteel.model.template.jinja.TemplateException if the template refuses it
   * @throws IllegalArgumentException if it holds no tokens, or its grammar and limits contradict
   *     each other
   */
  public Answers answer(AnswerRequest request) {
    Deadline deadline = Deadline.in(request.options().generation().deadline());
    GenerationOptions generation = request.options().generation();
    List<Optional<AnswerParser>> parsers =
        new ArrayList<>(Collections.nCopies(request.choices(), Optional.empty()));
    int[] prompt;
    switch (request.prompt()) {
      case AnswerRequest.Prompt.Conversation(List<Message> messages) -> {
        AnswerForm form = AnswerForm.of(this, messages, request.options());
        prompt = conversationTokens(form.prompt());
        generation =
            form.generation().toBuilder()
                .showSpecial(generation.showSpecial() || form.needsControlTokens())
                .build();
        parsers.replaceAll(_ -> Optional.of(form.parser()));
      }
      case AnswerRequest.Prompt.Text(String text) -> prompt = tokenizer.encode(text, true, false);
      case AnswerRequest.Prompt.Tokens(int[] ids) -> prompt = ids;
    }
    requirePrompt(prompt);
    long perAnswer = Math.min(generation.maxTokens(), contextLength - prompt.length);
    long positions = prompt.length + request.choices() * Math.min(perAnswer, USUAL_ANSWER_TOKENS);
    Admission.Ticket ticket = admission.enter(request.priority(), positions);
    return new Answers(this, prompt, generation, request.priority(), parsers, ticket, deadline);
  }

  /**
   * Makes texts into vectors, pooled as the model asks and normalised.
   *
   * @see #embed(EmbeddingRequest)
   */
  public Embeddings embed(String... texts) {
    return embed(EmbeddingRequest.texts(List.of(texts)));
  }

  /**
   * Makes texts into vectors, in steps between those of answers. On the CPU engine a text's vector
   * is the same to the bit whatever else is asked for with it. Interrupting the thread ends it
   * soon.
   *
   * @throws EmbeddingsUnsupportedException if the model or its engine makes none; says what would
   * @throws BusyException if too many requests wait already
   * @throws ContextFullException if a text is longer than the context
   * @throws io.firesteel.model.kv.KvCacheFullException if other requests fill the cache
   * @throws IllegalArgumentException if a text has no tokens, a token is unknown or more dimensions
   *     are asked for than there are
   * @throws java.util.concurrent.CancellationException if the thread was interrupted
   * @throws java.io.UncheckedIOException if the engine fails
   */
  public Embeddings embed(EmbeddingRequest request) {
    return embedder().embed(request);
  }

  /**
   * Why {@link #embed} does not work with this model on this engine, and what would; else empty.
   */
  public Optional<String> embeddingRefusal() {
    return embedder().refusal();
  }

  /** Elements of a vector that {@link #embed} makes. */
  public int embeddingWidth() {
    return config.hidden();
  }

  private synchronized Embedder embedder() {
    if (embedder == null) {
      TextSteps steps = new TextSteps(scheduler, pool, outputNorm);
      embedder = new Embedder(file.metadata(), config, tokenizer, steps, admission, contextLength);
    }
    return embedder;
  }

  private void requirePrompt(int[] prompt) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("the prompt is empty, expected at least one token");
    }
    if (prompt.length > contextLength) {
      throw new ContextFullException(prompt.length, 0, contextLength);
    }
  }

  /** The tokens of a conversation that a template has written down. */
  int[] conversationTokens(String text) {
    int[] tokens = tokenizer.encode(text, false, true);
    boolean begins =
        !tokenizer.addsBos() || tokens.length > 0 && tokens[0] == tokenizer.bosId().orElseThrow();
    if (begins) {
      return tokens;
    }
    int[] whole = new int[tokens.length + 1];
    whole[0] = tokenizer.bosId().orElseThrow();
    System.arraycopy(tokens, 0, whole, 1, tokens.length);
    return whole;
  }

  /** How much there is to do. */
  public ModelLoad load() {
    List<Integer> counts = admission.counts();
    return new ModelLoad(counts.get(0), counts.get(1), pool.freePages(), pool.pages());
  }

  AnswerForm.Cache answerGrammars() {
    return answerGrammars;
  }

  /** Begins a conversation in plain text. It must be closed. */
  public Session session() {
    return adopt(new Sequence(scheduler, pool, contextLength));
  }

  /**
   * Begins a conversation where a saved one stood. It goes on, to the bit, as the saved one would
   * have.
   *
   * @param saved a file that {@link Session#save} wrote
   * @throws SessionFileException if it is none, is damaged, or was saved with another model or
   *     another kind of KV cache
   * @throws io.firesteel.model.kv.KvCacheFullException if the cache has no room for it
   */
  public Session restore(Path saved) throws IOException {
    Session session = session();
    try {
      return session.restore(saved);
    } catch (Throwable e) {
      session.close();
      throw e;
    }
  }

  Session adopt(Sequence sequence) {
    Session session = new Session(this, sequence);
    synchronized (sessions) {
      if (!closed) {
        sessions.add(session);
        return session;
      }
    }
    sequence.close();
    throw new IllegalStateException("the model is closed");
  }

  void forget(Session session) {
    synchronized (sessions) {
      sessions.remove(session);
    }
  }

  synchronized SessionFile files() {
    if (files == null) {
      files = new SessionFile(scheduler, Fingerprint.of(file));
    }
    return files;
  }

  /** Cuts what a grammar forces into tokens; its trie of the vocabulary is made on first use. */
  synchronized TokenCutter cutter() {
    if (cutter == null) {
      cutter =
          new TokenCutter(tokenizer, new TokenTrie(tokenizer, scheduler.engine().vocabulary()));
    }
    return cutter;
  }

  /** The model's numbers. */
  public ModelConfig config() {
    return config;
  }

  /** Keys and values of the file. */
  public Metadata metadata() {
    return file.metadata();
  }

  /** Text to tokens and back. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * All tokens whose text contains one of some texts, such as the breakers of {@link
   * io.firesteel.model.sampling.Dry}: line break, colon, quotation mark and asterisk are usual.
   */
  public Set<Integer> tokensContaining(String... texts) {
    Set<Integer> found = new TreeSet<>();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      String piece = new String(tokenizer.pieceBytes(id, false), StandardCharsets.UTF_8);
      if (Arrays.stream(texts).anyMatch(piece::contains)) {
        found.add(id);
      }
    }
    return found;
  }

  /** The chat templates of the file. */
  public ChatTemplates templates() {
    return templates;
  }

  /** Name of the engine that runs the model, such as {@code cpu}. */
  public String engine() {
    return scheduler.engine().name();
  }

  /** What the engine runs on, in words. */
  public String device() {
    return scheduler.engine().device();
  }

  /** The engines that would have been preferred, and why they do not run this model. */
  public List<EngineRefusal> refusals() {
    return refusals;
  }

  /** Positions that a session may have. */
  public int contextLength() {
    return contextLength;
  }

  /** Pages kept for conversations that begin alike, and how often they served. */
  public PrefixCache prefixCache() {
    return pool.prefixes();
  }

  /** The pages of the KV cache that all sessions share: how many are in use and how many free. */
  public PagePool cache() {
    return pool;
  }

  /** Bytes of device or host memory that the engine holds. */
  public long memoryBytes() {
    return scheduler.engine().memoryBytes();
  }

  /** Closes all sessions, the engine and the file. What computes on other threads ends first. */
  @Override
  public void close() {
    List<Session> open;
    synchronized (sessions) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(sessions);
    }
    open.forEach(Session::close);
    scheduler.close();
    file.close();
  }
}
