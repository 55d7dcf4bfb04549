//! The OpenAPI document as data: what the tests of every operation run over.

use std::sync::LazyLock;

use axum::http::Method;
use serde_json::{Map, Value, json};

/// One operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: Method,
    /// With its parameters in braces.
    pub path: String,
    pub id: String,
    /// The operation as the document has it.
    pub value: Value,
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(lapak::router::openapi()).unwrap());
static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(read_operations);

/// The document as clients get it.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// Every operation of the document.
pub fn operations() -> &'static [Operation] {
    &OPERATIONS
}

fn read_operations() -> Vec<Operation> {
    let document = document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, value) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse() else {
                continue;
            };
            if value["responses"].is_object() {
                operations.push(Operation {
                    method,
                    path: path.clone(),
                    id: value["operationId"].as_str().unwrap_or_default().to_owned(),
                    value: value.clone(),
                });
            }
        }
    }
    operations
}

impl Operation {
    pub fn is_public(&self) -> bool {
        self.value["x-authz"]["public"] == true
    }

    /// The labels of the roles that may call it.
    pub fn any_of(&self) -> Vec<&str> {
        let roles = self.value["x-authz"]["any_of"].as_array();
        roles.map(|roles| roles.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
    }

    /// The kind of object that its policy is about.
    pub fn object(&self) -> Option<&str> {
        self.value["x-authz"]["object"].as_str()
    }

    /// The scope that a key of a program needs; without one no key will do.
    pub fn key_scope(&self) -> Option<&str> {
        self.value["x-authz"]["key_scope"].as_str()
    }

    /// True if the password or a code must have been shown a short while ago.
    pub fn needs_step_up(&self) -> bool {
        self.value["x-authz"]["step_up"] == true
    }

    /// The path parameters, each with the segment before it: `("orders", "id")`.
    pub fn params(&self) -> Vec<(&str, &str)> {
        let segments: Vec<&str> = self.path.split('/').collect();
        segments
            .windows(2)
            .filter_map(|pair| {
                let name = pair[1].strip_prefix('{')?.strip_suffix('}')?;
                Some((pair[0], name))
            })
            .collect()
    }

    /// The path with a value for each parameter, asked for by the segment before it and its name.
    pub fn fill(&self, value: impl Fn(&str, &str) -> String) -> String {
        let mut before = "";
        let filled: Vec<String> = self
            .path
            .split('/')
            .map(|segment| {
                let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
                let filled = name.map_or_else(|| segment.to_owned(), |name| value(before, name));
                before = segment;
                filled
            })
            .collect();
        filled.join("/")
    }

    /// True if it has this `x-` flag.
    pub fn has(&self, flag: &str) -> bool {
        self.value[flag] == true
    }

    /// The kind of body it takes.
    pub fn content_type(&self) -> Option<&str> {
        let content = self.value["requestBody"]["content"].as_object()?;
        content.keys().next().map(String::as_str)
    }

    /// A JSON body of the right shape; whether its values are good ones nobody knows.
    pub fn sample_body(&self, document: &Value) -> Option<Value> {
        let schema = &self.value["requestBody"]["content"]["application/json"]["schema"];
        schema.is_object().then(|| sample(schema, document, 0))
    }
}

fn sample(schema: &Value, document: &Value, depth: usize) -> Value {
    if depth > 8 {
        return Value::Null;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let target = document.pointer(pointer).unwrap_or(&Value::Null);
        return sample(target, document, depth + 1);
    }
    if let Some(example) = schema["enum"].get(0) {
        return example.clone();
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        let choices = schema[choice].as_array();
        let real = choices.and_then(|choices| choices.iter().find(|one| one["type"] != "null"));
        if let Some(real) = real {
            return sample(real, document, depth + 1);
        }
    }
    let kind = schema["type"].as_array().map_or(&schema["type"], |kinds| &kinds[0]);
    match kind.as_str().unwrap_or_default() {
        "object" => sample_object(schema, document, depth),
        "array" => json!([sample(&schema["items"], document, depth + 1)]),
        "integer" | "number" => schema["minimum"].as_i64().unwrap_or(1).max(1).into(),
        "boolean" => true.into(),
        "string" if schema["format"] == "uuid" => "01900000-0000-7000-8000-000000000001".into(),
        "string" => "contoh".into(),
        _ => Value::Null,
    }
}

fn sample_object(schema: &Value, document: &Value, depth: usize) -> Value {
    let required = schema["required"].as_array();
    let required = required.into_iter().flatten().filter_map(Value::as_str);
    let members: Map<String, Value> = required
        .map(|name| {
            let member = sample(&schema["properties"][name], document, depth + 1);
            (name.to_owned(), member)
        })
        .collect();
    Value::Object(members)
}
