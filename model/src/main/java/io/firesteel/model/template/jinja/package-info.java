/**
 * The part of the Jinja2 template language that chat templates use, with Python's semantics, in a
 * sandbox.
 *
 * <p>{@link io.firesteel.model.template.jinja.Template} is the way in: it parses a template once
 * and renders it over JSON-like variables, any number of times and from any number of threads.
 * Templates come out of model files that nobody has vetted, so they see no Java object, and {@link
 * io.firesteel.model.template.jinja.Limits} bounds the steps, memory and nesting that one rendering
 * may use. The settings of the language are those of the Hugging Face transformers library: blocks
 * are trimmed and stripped on the left, loop controls and generation blocks are on.
 *
 * <p>Source to text: {@code Lexer} to tokens, {@code Parser} to the records of {@code Expr} and
 * {@code Stmt}, {@code Interpreter} over {@code Value}s to text; {@code Filters}, {@code Tests} and
 * the {@code …Methods} classes hold the built-ins.
 */
package io.firesteel.model.template.jinja;
