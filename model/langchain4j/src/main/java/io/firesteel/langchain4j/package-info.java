/** Firesteel's models as LangChain4j's chat models, in the same process. */
package io.firesteel.langchain4j;
