// Generated from schemas/lock-payload-writer.schema.json; do not edit.

// schemas/ajv
var validateLockPayload = validate20;
var schema31 = { "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://openclaw.dev/lock-helpers/schemas/lock-payload-writer.schema.json", "title": "LockPayload", "type": "object", "properties": { "pid": { "type": "integer", "minimum": 1, "maximum": 2147483647 }, "createdAt": { "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z$" }, "starttime": { "type": "integer", "minimum": 0, "maximum": 9007199254740991 }, "protocol": { "type": "integer", "enum": [1] }, "token": { "type": "string", "pattern": "^[0-9a-f]{32}$" }, "platform": { "type": "string", "pattern": "^[a-z0-9]{1,32}$" }, "bootId": { "type": "string", "pattern": "^[0-9a-f-]{1,64}$" }, "pidNamespace": { "type": "string", "pattern": "^pid:\\[[0-9]{1,20}\\]$" }, "timeNamespace": { "type": "string", "pattern": "^time:\\[[0-9]{1,20}\\]$" }, "dev": { "type": "string", "pattern": "^[0-9]{1,20}$" }, "host": { "type": "string", "pattern": "^.{1,255}$" }, "heartbeatMs": { "type": "integer", "minimum": 1, "maximum": 31536e6 }, "witness": { "type": "string", "pattern": "^\\.openclaw-lock-[0-9a-f]{16}\\.sock$" }, "helper": { "type": "string", "pattern": "^[a-z0-9-]{1,32}/[0-9A-Za-z.+-]{1,64}$" }, "purpose": { "type": "string", "pattern": "^[\\s\\S]{1,256}$" } }, "required": ["pid", "createdAt", "protocol", "token", "platform"], "additionalProperties": false };
var func1 = Object.prototype.hasOwnProperty;
var pattern4 = new RegExp("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z$", "u");
var pattern5 = new RegExp("^[0-9a-f]{32}$", "u");
var pattern6 = new RegExp("^[a-z0-9]{1,32}$", "u");
var pattern7 = new RegExp("^[0-9a-f-]{1,64}$", "u");
var pattern8 = new RegExp("^pid:\\[[0-9]{1,20}\\]$", "u");
var pattern9 = new RegExp("^time:\\[[0-9]{1,20}\\]$", "u");
var pattern10 = new RegExp("^[0-9]{1,20}$", "u");
var pattern11 = new RegExp("^.{1,255}$", "u");
var pattern12 = new RegExp("^\\.openclaw-lock-[0-9a-f]{16}\\.sock$", "u");
var pattern13 = new RegExp("^[a-z0-9-]{1,32}/[0-9A-Za-z.+-]{1,64}$", "u");
var pattern14 = new RegExp("^[\\s\\S]{1,256}$", "u");
function validate20(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
  ;
  let vErrors = null;
  let errors = 0;
  const evaluated0 = validate20.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = void 0;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = void 0;
  }
  if (errors === 0) {
    if (data && typeof data == "object" && !Array.isArray(data)) {
      let missing0;
      if (data.pid === void 0 && (missing0 = "pid") || data.createdAt === void 0 && (missing0 = "createdAt") || data.protocol === void 0 && (missing0 = "protocol") || data.token === void 0 && (missing0 = "token") || data.platform === void 0 && (missing0 = "platform")) {
        validate20.errors = [{ instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: missing0 }, message: "must have required property '" + missing0 + "'" }];
        return false;
      } else {
        const _errs1 = errors;
        for (const key0 in data) {
          if (!func1.call(schema31.properties, key0)) {
            validate20.errors = [{ instancePath, schemaPath: "#/additionalProperties", keyword: "additionalProperties", params: { additionalProperty: key0 }, message: "must NOT have additional properties" }];
            return false;
            break;
          }
        }
        if (_errs1 === errors) {
          if (data.pid !== void 0) {
            let data0 = data.pid;
            const _errs2 = errors;
            if (!(typeof data0 == "number" && (!(data0 % 1) && !isNaN(data0)) && isFinite(data0))) {
              validate20.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
              return false;
            }
            if (errors === _errs2) {
              if (typeof data0 == "number" && isFinite(data0)) {
                if (data0 > 2147483647 || isNaN(data0)) {
                  validate20.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/maximum", keyword: "maximum", params: { comparison: "<=", limit: 2147483647 }, message: "must be <= 2147483647" }];
                  return false;
                } else {
                  if (data0 < 1 || isNaN(data0)) {
                    validate20.errors = [{ instancePath: instancePath + "/pid", schemaPath: "#/properties/pid/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }];
                    return false;
                  }
                }
              }
            }
            var valid0 = _errs2 === errors;
          } else {
            var valid0 = true;
          }
          if (valid0) {
            if (data.createdAt !== void 0) {
              let data1 = data.createdAt;
              const _errs4 = errors;
              if (errors === _errs4) {
                if (typeof data1 === "string") {
                  if (!pattern4.test(data1)) {
                    validate20.errors = [{ instancePath: instancePath + "/createdAt", schemaPath: "#/properties/createdAt/pattern", keyword: "pattern", params: { pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z$" }, message: 'must match pattern "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z$"' }];
                    return false;
                  }
                } else {
                  validate20.errors = [{ instancePath: instancePath + "/createdAt", schemaPath: "#/properties/createdAt/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                  return false;
                }
              }
              var valid0 = _errs4 === errors;
            } else {
              var valid0 = true;
            }
            if (valid0) {
              if (data.starttime !== void 0) {
                let data2 = data.starttime;
                const _errs6 = errors;
                if (!(typeof data2 == "number" && (!(data2 % 1) && !isNaN(data2)) && isFinite(data2))) {
                  validate20.errors = [{ instancePath: instancePath + "/starttime", schemaPath: "#/properties/starttime/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                  return false;
                }
                if (errors === _errs6) {
                  if (typeof data2 == "number" && isFinite(data2)) {
                    if (data2 > 9007199254740991 || isNaN(data2)) {
                      validate20.errors = [{ instancePath: instancePath + "/starttime", schemaPath: "#/properties/starttime/maximum", keyword: "maximum", params: { comparison: "<=", limit: 9007199254740991 }, message: "must be <= 9007199254740991" }];
                      return false;
                    } else {
                      if (data2 < 0 || isNaN(data2)) {
                        validate20.errors = [{ instancePath: instancePath + "/starttime", schemaPath: "#/properties/starttime/minimum", keyword: "minimum", params: { comparison: ">=", limit: 0 }, message: "must be >= 0" }];
                        return false;
                      }
                    }
                  }
                }
                var valid0 = _errs6 === errors;
              } else {
                var valid0 = true;
              }
              if (valid0) {
                if (data.protocol !== void 0) {
                  let data3 = data.protocol;
                  const _errs8 = errors;
                  if (!(typeof data3 == "number" && (!(data3 % 1) && !isNaN(data3)) && isFinite(data3))) {
                    validate20.errors = [{ instancePath: instancePath + "/protocol", schemaPath: "#/properties/protocol/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                    return false;
                  }
                  if (!(data3 === 1)) {
                    validate20.errors = [{ instancePath: instancePath + "/protocol", schemaPath: "#/properties/protocol/enum", keyword: "enum", params: { allowedValues: schema31.properties.protocol.enum }, message: "must be equal to one of the allowed values" }];
                    return false;
                  }
                  var valid0 = _errs8 === errors;
                } else {
                  var valid0 = true;
                }
                if (valid0) {
                  if (data.token !== void 0) {
                    let data4 = data.token;
                    const _errs10 = errors;
                    if (errors === _errs10) {
                      if (typeof data4 === "string") {
                        if (!pattern5.test(data4)) {
                          validate20.errors = [{ instancePath: instancePath + "/token", schemaPath: "#/properties/token/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f]{32}$" }, message: 'must match pattern "^[0-9a-f]{32}$"' }];
                          return false;
                        }
                      } else {
                        validate20.errors = [{ instancePath: instancePath + "/token", schemaPath: "#/properties/token/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                        return false;
                      }
                    }
                    var valid0 = _errs10 === errors;
                  } else {
                    var valid0 = true;
                  }
                  if (valid0) {
                    if (data.platform !== void 0) {
                      let data5 = data.platform;
                      const _errs12 = errors;
                      if (errors === _errs12) {
                        if (typeof data5 === "string") {
                          if (!pattern6.test(data5)) {
                            validate20.errors = [{ instancePath: instancePath + "/platform", schemaPath: "#/properties/platform/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9]{1,32}$" }, message: 'must match pattern "^[a-z0-9]{1,32}$"' }];
                            return false;
                          }
                        } else {
                          validate20.errors = [{ instancePath: instancePath + "/platform", schemaPath: "#/properties/platform/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                          return false;
                        }
                      }
                      var valid0 = _errs12 === errors;
                    } else {
                      var valid0 = true;
                    }
                    if (valid0) {
                      if (data.bootId !== void 0) {
                        let data6 = data.bootId;
                        const _errs14 = errors;
                        if (errors === _errs14) {
                          if (typeof data6 === "string") {
                            if (!pattern7.test(data6)) {
                              validate20.errors = [{ instancePath: instancePath + "/bootId", schemaPath: "#/properties/bootId/pattern", keyword: "pattern", params: { pattern: "^[0-9a-f-]{1,64}$" }, message: 'must match pattern "^[0-9a-f-]{1,64}$"' }];
                              return false;
                            }
                          } else {
                            validate20.errors = [{ instancePath: instancePath + "/bootId", schemaPath: "#/properties/bootId/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                            return false;
                          }
                        }
                        var valid0 = _errs14 === errors;
                      } else {
                        var valid0 = true;
                      }
                      if (valid0) {
                        if (data.pidNamespace !== void 0) {
                          let data7 = data.pidNamespace;
                          const _errs16 = errors;
                          if (errors === _errs16) {
                            if (typeof data7 === "string") {
                              if (!pattern8.test(data7)) {
                                validate20.errors = [{ instancePath: instancePath + "/pidNamespace", schemaPath: "#/properties/pidNamespace/pattern", keyword: "pattern", params: { pattern: "^pid:\\[[0-9]{1,20}\\]$" }, message: 'must match pattern "^pid:\\[[0-9]{1,20}\\]$"' }];
                                return false;
                              }
                            } else {
                              validate20.errors = [{ instancePath: instancePath + "/pidNamespace", schemaPath: "#/properties/pidNamespace/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                              return false;
                            }
                          }
                          var valid0 = _errs16 === errors;
                        } else {
                          var valid0 = true;
                        }
                        if (valid0) {
                          if (data.timeNamespace !== void 0) {
                            let data8 = data.timeNamespace;
                            const _errs18 = errors;
                            if (errors === _errs18) {
                              if (typeof data8 === "string") {
                                if (!pattern9.test(data8)) {
                                  validate20.errors = [{ instancePath: instancePath + "/timeNamespace", schemaPath: "#/properties/timeNamespace/pattern", keyword: "pattern", params: { pattern: "^time:\\[[0-9]{1,20}\\]$" }, message: 'must match pattern "^time:\\[[0-9]{1,20}\\]$"' }];
                                  return false;
                                }
                              } else {
                                validate20.errors = [{ instancePath: instancePath + "/timeNamespace", schemaPath: "#/properties/timeNamespace/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                return false;
                              }
                            }
                            var valid0 = _errs18 === errors;
                          } else {
                            var valid0 = true;
                          }
                          if (valid0) {
                            if (data.dev !== void 0) {
                              let data9 = data.dev;
                              const _errs20 = errors;
                              if (errors === _errs20) {
                                if (typeof data9 === "string") {
                                  if (!pattern10.test(data9)) {
                                    validate20.errors = [{ instancePath: instancePath + "/dev", schemaPath: "#/properties/dev/pattern", keyword: "pattern", params: { pattern: "^[0-9]{1,20}$" }, message: 'must match pattern "^[0-9]{1,20}$"' }];
                                    return false;
                                  }
                                } else {
                                  validate20.errors = [{ instancePath: instancePath + "/dev", schemaPath: "#/properties/dev/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                  return false;
                                }
                              }
                              var valid0 = _errs20 === errors;
                            } else {
                              var valid0 = true;
                            }
                            if (valid0) {
                              if (data.host !== void 0) {
                                let data10 = data.host;
                                const _errs22 = errors;
                                if (errors === _errs22) {
                                  if (typeof data10 === "string") {
                                    if (!pattern11.test(data10)) {
                                      validate20.errors = [{ instancePath: instancePath + "/host", schemaPath: "#/properties/host/pattern", keyword: "pattern", params: { pattern: "^.{1,255}$" }, message: 'must match pattern "^.{1,255}$"' }];
                                      return false;
                                    }
                                  } else {
                                    validate20.errors = [{ instancePath: instancePath + "/host", schemaPath: "#/properties/host/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                    return false;
                                  }
                                }
                                var valid0 = _errs22 === errors;
                              } else {
                                var valid0 = true;
                              }
                              if (valid0) {
                                if (data.heartbeatMs !== void 0) {
                                  let data11 = data.heartbeatMs;
                                  const _errs24 = errors;
                                  if (!(typeof data11 == "number" && (!(data11 % 1) && !isNaN(data11)) && isFinite(data11))) {
                                    validate20.errors = [{ instancePath: instancePath + "/heartbeatMs", schemaPath: "#/properties/heartbeatMs/type", keyword: "type", params: { type: "integer" }, message: "must be integer" }];
                                    return false;
                                  }
                                  if (errors === _errs24) {
                                    if (typeof data11 == "number" && isFinite(data11)) {
                                      if (data11 > 31536e6 || isNaN(data11)) {
                                        validate20.errors = [{ instancePath: instancePath + "/heartbeatMs", schemaPath: "#/properties/heartbeatMs/maximum", keyword: "maximum", params: { comparison: "<=", limit: 31536e6 }, message: "must be <= 31536000000" }];
                                        return false;
                                      } else {
                                        if (data11 < 1 || isNaN(data11)) {
                                          validate20.errors = [{ instancePath: instancePath + "/heartbeatMs", schemaPath: "#/properties/heartbeatMs/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1" }];
                                          return false;
                                        }
                                      }
                                    }
                                  }
                                  var valid0 = _errs24 === errors;
                                } else {
                                  var valid0 = true;
                                }
                                if (valid0) {
                                  if (data.witness !== void 0) {
                                    let data12 = data.witness;
                                    const _errs26 = errors;
                                    if (errors === _errs26) {
                                      if (typeof data12 === "string") {
                                        if (!pattern12.test(data12)) {
                                          validate20.errors = [{ instancePath: instancePath + "/witness", schemaPath: "#/properties/witness/pattern", keyword: "pattern", params: { pattern: "^\\.openclaw-lock-[0-9a-f]{16}\\.sock$" }, message: 'must match pattern "^\\.openclaw-lock-[0-9a-f]{16}\\.sock$"' }];
                                          return false;
                                        }
                                      } else {
                                        validate20.errors = [{ instancePath: instancePath + "/witness", schemaPath: "#/properties/witness/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                        return false;
                                      }
                                    }
                                    var valid0 = _errs26 === errors;
                                  } else {
                                    var valid0 = true;
                                  }
                                  if (valid0) {
                                    if (data.helper !== void 0) {
                                      let data13 = data.helper;
                                      const _errs28 = errors;
                                      if (errors === _errs28) {
                                        if (typeof data13 === "string") {
                                          if (!pattern13.test(data13)) {
                                            validate20.errors = [{ instancePath: instancePath + "/helper", schemaPath: "#/properties/helper/pattern", keyword: "pattern", params: { pattern: "^[a-z0-9-]{1,32}/[0-9A-Za-z.+-]{1,64}$" }, message: 'must match pattern "^[a-z0-9-]{1,32}/[0-9A-Za-z.+-]{1,64}$"' }];
                                            return false;
                                          }
                                        } else {
                                          validate20.errors = [{ instancePath: instancePath + "/helper", schemaPath: "#/properties/helper/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                          return false;
                                        }
                                      }
                                      var valid0 = _errs28 === errors;
                                    } else {
                                      var valid0 = true;
                                    }
                                    if (valid0) {
                                      if (data.purpose !== void 0) {
                                        let data14 = data.purpose;
                                        const _errs30 = errors;
                                        if (errors === _errs30) {
                                          if (typeof data14 === "string") {
                                            if (!pattern14.test(data14)) {
                                              validate20.errors = [{ instancePath: instancePath + "/purpose", schemaPath: "#/properties/purpose/pattern", keyword: "pattern", params: { pattern: "^[\\s\\S]{1,256}$" }, message: 'must match pattern "^[\\s\\S]{1,256}$"' }];
                                              return false;
                                            }
                                          } else {
                                            validate20.errors = [{ instancePath: instancePath + "/purpose", schemaPath: "#/properties/purpose/type", keyword: "type", params: { type: "string" }, message: "must be string" }];
                                            return false;
                                          }
                                        }
                                        var valid0 = _errs30 === errors;
                                      } else {
                                        var valid0 = true;
                                      }
                                    }
                                  }
                                }
                              }
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    } else {
      validate20.errors = [{ instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object" }];
      return false;
    }
  }
  validate20.errors = vErrors;
  return errors === 0;
}
validate20.evaluated = { "props": true, "dynamicProps": false, "dynamicItems": false };
export {
  validateLockPayload
};
